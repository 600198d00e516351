"""Staging answers HTTP and consumes nothing; a swap exchanges code and nothing else."""

from collections.abc import Iterator
from typing import Final

from infra.checks.places import Finding
from infra.checks.plan import Plan, amiss, get, must, texts
from infra.checks.policies.identity import app_settings, sites
from infra.checks.values import Deployed, Record

_PER_SLOT: Final = frozenset({"AzureFunctionsWebHost__hostid", "OTEL_SERVICE_NAME"})
_REMOTE: Final = frozenset({"BUILD_FLAGS", "ENABLE_ORYX_BUILD", "SCM_DO_BUILD_DURING_DEPLOYMENT", "XDG_CACHE_HOME"})
# A host's id is the first 32 characters of its name: `-staging` has to be among them.
_LONGEST_NAME: Final = 31 - len("-staging")


def staging_consumes_nothing(plan: Plan) -> Iterator[Finding]:
    check = staging_consumes_nothing.__name__
    for settings in app_settings(plan):
        expected = "true" if _is_staging(settings) else "false"
        names = [f"AzureWebJobs_{name}_Disabled" for name in plan.triggers]
        for name in names:
            yield from must(settings, check, "properties", name, be=expected)
            if name not in sticky(plan):
                yield amiss(settings, check, f"a swap would carry {name} over", "properties", name)


def a_swap_exchanges_code_alone(plan: Plan) -> Iterator[Finding]:
    check = a_swap_exchanges_code_alone.__name__
    found = app_settings(plan)
    if len(found) != len(("production", "staging")):
        yield Finding(plan.outputs.at, check, "production and staging each need all their settings")
        return
    one, other = (_properties(settings) for settings in found)
    for name in sorted(one.keys() ^ other.keys()):
        yield amiss(found[1], check, f"{name} stands in one slot only", "properties")
    for name in sorted(_PER_SLOT):
        if one.get(name) == other.get(name) or name not in sticky(plan):
            yield amiss(found[1], check, f"{name} must differ between slots and stay with them", "properties", name)


def each_slot_has_its_own_content(plan: Plan) -> Iterator[Finding]:
    check = each_slot_has_its_own_content.__name__
    shares = {each.name.rsplit("/", 1)[-1] for each in plan.of("Microsoft.Storage/storageAccounts/fileServices/shares")}
    found = [str(_properties(settings).get("WEBSITE_CONTENTSHARE")) for settings in app_settings(plan)]
    for settings, share in zip(app_settings(plan), found, strict=True):
        if share not in shares or found.count(share) > 1:
            yield amiss(
                settings, check, f"share {share!r} is shared or not there", "properties", "WEBSITE_CONTENTSHARE"
            )
    if "WEBSITE_CONTENTSHARE" in sticky(plan):
        yield amiss(app_settings(plan)[0], check, "WEBSITE_CONTENTSHARE must go with the code")


def hosts_use_their_storage(plan: Plan) -> Iterator[Finding]:
    check = hosts_use_their_storage.__name__
    accounts = {
        each.name
        for each in plan.of("Microsoft.Storage/storageAccounts")
        if get(each, "properties", "allowSharedKeyAccess") is False
    }
    for settings in app_settings(plan):
        if _properties(settings).get("AzureWebJobsStorage__accountName") not in accounts:
            yield amiss(settings, check, "the host's storage is no account of this deployment", "properties")


def deployments_run(plan: Plan) -> Iterator[Finding]:
    """Either from a package, or by a remote build; a mixture starts neither."""
    check = deployments_run.__name__
    for settings in app_settings(plan):
        names = _properties(settings).keys()
        from_package, remote = "WEBSITE_RUN_FROM_PACKAGE" in names, _REMOTE & names
        if from_package == bool(remote) or remote not in (set(), _REMOTE):
            yield amiss(settings, check, f"package: {from_package}, remote build: {sorted(remote)}", "properties")
        yield from must(settings, check, "properties", "FUNCTIONS_EXTENSION_VERSION", be="~4")
        yield from must(settings, check, "properties", "FUNCTIONS_WORKER_RUNTIME", be="python")


def sites_run_python_on_premium(plan: Plan) -> Iterator[Finding]:
    check = sites_run_python_on_premium.__name__
    plans = {each.id: each for each in plan.of("Microsoft.Web/serverfarms")}
    for each in plans.values():
        yield from must(each, check, "kind", be="elastic")
        yield from must(each, check, "sku", "tier", be="ElasticPremium")
        yield from must(each, check, "properties", "reserved", be=True)
    for site in sites(plan):
        yield from must(site, check, "kind", be="functionapp,linux")
        yield from must(site, check, "properties", "siteConfig", "linuxFxVersion", be="Python|3.13")
        yield from must(site, check, "properties", "siteConfig", "alwaysOn", be=False)
        yield from must(site, check, "properties", "siteConfig", "healthCheckPath", be="/health")
        yield from _instances(site, plans.get(str(get(site, "properties", "serverFarmId"))), check)
        if len(site.name.split("/")[0]) > _LONGEST_NAME:
            yield amiss(site, check, f"name is longer than {_LONGEST_NAME}: two hosts would share an id")


def _instances(site: Deployed, farm: Deployed | None, check: str) -> Iterator[Finding]:
    least = get(site, "properties", "siteConfig", "minimumElasticInstanceCount")
    limit = get(site, "properties", "siteConfig", "functionAppScaleLimit")
    most = get(farm, "properties", "maximumElasticWorkerCount") if farm else None
    if not (
        isinstance(least, int) and isinstance(limit, int) and isinstance(most, int) and 1 <= least <= limit <= most
    ):
        yield amiss(site, check, f"always ready {least}, limit {limit}, plan {most}: not 1 ≤ … ≤ … ≤ …", "properties")


def sticky(plan: Plan) -> frozenset[str]:
    """Settings that a swap leaves where they are."""
    named = [each for each in plan.of("Microsoft.Web/sites/config") if each.name.endswith("/slotConfigNames")]
    return frozenset(name for each in named for name in texts(get(each, "properties", "appSettingNames")))


def _is_staging(settings: Deployed) -> bool:
    return settings.type.startswith("Microsoft.Web/sites/slots/")


def _properties(settings: Deployed) -> Record:
    found = get(settings, "properties")
    return found if isinstance(found, Record) else Record(settings.at)
