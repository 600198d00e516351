"""What is true of every environment, on the concrete resources that its parameter file stands for."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

import pytest

from infra.checks.environments import plan as worked_out
from infra.checks.plan import Plan, get, leaves, records, texts
from infra.checks.policies import POLICIES, Policy
from infra.checks.policies.identity import app_settings, holds_content, sites
from infra.checks.policies.network import PRIVATE
from infra.checks.policies.slots import sticky
from infra.checks.values import Deployed, Items, Record, Value
from tests.infra.environments import ENVIRONMENTS, ROOT, plan

COSMOS = "Microsoft.DocumentDB/databaseAccounts"
STORAGE = "Microsoft.Storage/storageAccounts"
each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)
each_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.__name__)


def spoilt(whole: Plan) -> Iterator[Plan]:
    """The plan without one of its resources, or without one of the values in one of them."""
    for index in range(len(whole.resources)):
        yield replace(whole, resources=whole.resources[:index] + whole.resources[index + 1 :])
    for index, resource in enumerate(whole.resources):
        before, after = whole.resources[:index], whole.resources[index + 1 :]
        for path, _ in leaves(resource.body):
            poorer = replace(resource, body=deepcopy(resource.body))
            drop(poorer.body, path)
            yield replace(whole, resources=(*before, poorer, *after))


def drop(record: Record, path: str) -> None:
    *steps, last = path.replace("]", "").replace("[", ".").split(".")
    value: Value = record
    for step in steps:
        value = value[int(step)] if isinstance(value, Items) else value.get(step) if isinstance(value, Record) else None
    if isinstance(value, Record):
        value.pop(last, None)
    elif isinstance(value, Items):
        del value[int(last)]


@each_environment
@each_policy
def test_every_policy_holds_in_every_environment(policy: Policy, environment: str) -> None:
    assert list(policy(plan(environment))) == []


@each_policy
def test_every_policy_notices_when_something_it_asks_for_is_gone(policy: Policy) -> None:
    # What must not be there is planted in test_mistakes and below instead.
    if policy.__name__ == "secrets_stay_in_the_vault":
        return

    assert any(any(policy(worse)) for worse in spoilt(plan("prod")))


@each_environment
def test_everything_a_template_declares_is_worked_out_without_a_question_left(environment: str) -> None:
    found = plan(environment)

    assert found.findings == ()
    assert len({resource.id for resource in found.resources}) == len(found.resources) > 60


def test_every_declared_resource_is_deployed_somewhere() -> None:
    declared = {(each.at.file, each.at.line) for name in ENVIRONMENTS for each in plan(name).resources}
    lines = {
        (file.relative_to(ROOT).as_posix(), number)
        for file in (ROOT / "infra").rglob("*.bicep")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if line.lstrip().startswith("resource ") and " existing " not in line
    }

    assert lines == {place for place in declared if place in lines}


@each_environment
def test_only_the_account_of_the_content_share_takes_keys(environment: str) -> None:
    accounts = plan(environment).of(STORAGE)

    keyed = [each for each in accounts if get(each, "properties", "allowSharedKeyAccess") is not False]
    assert len(accounts) == 2
    assert [holds_content(plan(environment), each) for each in keyed] == [True]


@pytest.mark.parametrize(("environment", "readers"), [("azd", 1), ("dev", 1), ("test", 0), ("prod", 0)])
def test_the_app_has_seven_roles_and_one_for_data_and_people_may_read_in_development_alone(
    environment: str, readers: int
) -> None:
    found = plan(environment)

    assert len(found.of("Microsoft.Authorization/roleAssignments")) == 7
    assert len(found.of(f"{COSMOS}/sqlRoleAssignments")) == 1 + readers
    assert not any(each.scope == "" for each in found.of("Microsoft.Authorization/roleAssignments"))


@each_environment
def test_staging_has_every_switch_on_and_production_has_it_off(environment: str) -> None:
    found = plan(environment)

    for settings in app_settings(found):
        expected = "true" if "/slots/" in settings.type else "false"
        switches = {name: value for name, value in leaves(settings.body) if name.endswith("_Disabled")}
        assert len(switches) == len(found.triggers)
        assert set(switches.values()) == {expected}
        assert {name.removeprefix("properties.") for name in switches} < sticky(found)


@pytest.mark.parametrize("environment", sorted(PRIVATE))
def test_a_private_environment_has_seven_endpoints_that_resolve(environment: str) -> None:
    found = plan(environment)

    endpoints = found.of("Microsoft.Network/privateEndpoints")
    assert len(endpoints) == len(found.of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")) == 7
    assert len(found.of("Microsoft.Network/privateDnsZones")) == 7
    assert all(get(site, "properties", "virtualNetworkSubnetId") for site in sites(found))


@pytest.mark.parametrize("environment", ["azd", "dev"])
def test_one_switch_makes_an_environment_cheap(environment: str) -> None:
    found = plan(environment)

    assert not any("Microsoft.Network" in each.type for each in found.resources)
    (farm,) = found.of("Microsoft.Web/serverfarms")
    assert (get(farm, "sku", "name"), get(farm, "sku", "capacity")) == ("EP1", 1)
    shared = [get(each, "properties", "options", "autoscaleSettings", "maxThroughput") for each in databases(found)]
    assert shared == [1000, 1000]
    assert {get(each, "sku", "name") for each in found.of(STORAGE)} == {"Standard_LRS"}


def test_production_spreads_over_zones_and_regions_but_one_region_writes() -> None:
    (account,) = plan("prod").of(COSMOS)

    locations = records(get(account, "properties", "locations"))
    assert [each["failoverPriority"] for each in locations] == [0, 1]
    assert len({str(each["locationName"]) for each in locations}) == 2
    assert get(account, "properties", "enableMultipleWriteLocations") is False
    assert get(account, "properties", "consistencyPolicy", "defaultConsistencyLevel") == "BoundedStaleness"
    (farm,) = plan("prod").of("Microsoft.Web/serverfarms")
    assert get(farm, "sku", "capacity") == 3
    assert len(plan("prod").of("Microsoft.Authorization/locks")) == 2


@each_environment
def test_each_slot_keeps_its_host_id_and_its_name(environment: str) -> None:
    found = plan(environment)

    ids = [get(each, "properties", "AzureFunctionsWebHost__hostid") for each in app_settings(found)]
    assert len(set(ids)) == 2
    assert {"AzureFunctionsWebHost__hostid", "OTEL_SERVICE_NAME"} < sticky(found)


@pytest.mark.parametrize(("running", "next_to_run"), [("a", "b"), ("b", "a")])
def test_a_deployment_after_a_swap_leaves_production_on_the_share_it_runs_from(running: str, next_to_run: str) -> None:
    found = worked_out(ROOT, "infra/main.prod.bicepparam", {"ORDERFLOW_PRODUCTION_SHARE": running})

    shares = [str(get(each, "properties", "WEBSITE_CONTENTSHARE")) for each in app_settings(found)]
    assert [share[-2:] for share in shares] == [f"-{running}", f"-{next_to_run}"]


def test_production_is_not_deployed_by_somebody_who_does_not_know_where_it_runs_from() -> None:
    found = worked_out(ROOT, "infra/main.prod.bicepparam", {})

    assert "nobody says ORDERFLOW_PRODUCTION_SHARE" in str(found.findings[0])


@each_environment
def test_only_the_site_is_what_azd_deploys_to(environment: str) -> None:
    tagged = [each.type for each in plan(environment).resources if get(each, "tags", "azd-service-name") == "api"]

    assert tagged == ["Microsoft.Web/sites"]


@pytest.mark.parametrize(("environment", "is_remote"), [("azd", True), ("dev", True), ("test", False), ("prod", False)])
def test_func_publish_and_a_zip_need_settings_of_their_own(environment: str, *, is_remote: bool) -> None:
    for settings in app_settings(plan(environment)):
        assert (get(settings, "properties", "ENABLE_ORYX_BUILD") == "true") is is_remote
        assert (get(settings, "properties", "WEBSITE_RUN_FROM_PACKAGE") == "1") is not is_remote


def test_a_role_action_that_reaches_beyond_items_is_noticed() -> None:
    found = plan("prod")
    (definition,) = found.of(f"{COSMOS}/sqlRoleDefinitions")
    actions = texts(get(definition, "properties", "permissions", 0, "dataActions"))

    assert not any(action.endswith(("sqlDatabases/*", "containers/*")) for action in actions)
    assert sum(action.endswith("*") for action in actions) == 1


def databases(found: Plan) -> tuple[Deployed, ...]:
    return found.of(f"{COSMOS}/sqlDatabases")
