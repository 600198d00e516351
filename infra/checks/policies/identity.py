"""Nobody signs in with a key, and nobody may do more than they must."""

from collections.abc import Iterator
from typing import Final

from infra.checks import roles
from infra.checks.places import Finding
from infra.checks.plan import Plan, amiss, get, must, records, texts
from infra.checks.values import Deployed, Record

_STORAGE: Final = "Microsoft.Storage/storageAccounts"
_HUBS: Final = "Microsoft.EventHub/namespaces/eventhubs"
_COSMOS: Final = "Microsoft.DocumentDB/databaseAccounts"
# What a connection by identity is called by. Source: learn.microsoft.com/azure/azure-functions/functions-reference.
ADDRESSES: Final = {
    "AzureWebJobsStorage": "accountName",
    "COSMOS": "accountEndpoint",
    "EVENTHUBS": "fullyQualifiedNamespace",
}
_NO_CONNECTIONS: Final = frozenset({"AzureFunctionsWebHost"})


def keys_do_not_work(plan: Plan) -> Iterator[Finding]:
    """The account of the content shares is the one exception: Azure Files knows no identity there."""
    check = keys_do_not_work.__name__
    for account in plan.of(_COSMOS):
        yield from must(account, check, "properties", "disableLocalAuth", be=True)
        yield from must(account, check, "properties", "disableKeyBasedMetadataWriteAccess", be=True)
    for namespace in plan.of("Microsoft.EventHub/namespaces"):
        yield from must(namespace, check, "properties", "disableLocalAuth", be=True)
    for component in plan.of("Microsoft.Insights/components"):
        yield from must(component, check, "properties", "DisableLocalAuth", be=True)
    for workspace in plan.of("Microsoft.OperationalInsights/workspaces"):
        yield from must(workspace, check, "properties", "features", "disableLocalAuth", be=True)
    for vault in plan.of("Microsoft.KeyVault/vaults"):
        yield from must(vault, check, "properties", "enableRbacAuthorization", be=True)
    for storage in plan.of(_STORAGE):
        yield from must(storage, check, "properties", "allowSharedKeyAccess", be=holds_content(plan, storage))


def passwords_do_not_deploy(plan: Plan) -> Iterator[Finding]:
    check = passwords_do_not_deploy.__name__
    for site in sites(plan):
        policies = plan.children(site, "basicPublishingCredentialsPolicies")
        if {each.name.rsplit("/", 1)[-1] for each in policies} != {"ftp", "scm"}:
            yield amiss(site, check, "publishing with a password is to be off for ftp and for scm")
        for policy in policies:
            yield from must(policy, check, "properties", "allow", be=False)
        yield from must(site, check, "properties", "siteConfig", "ftpsState", be="Disabled")


def roles_are_the_narrowest(plan: Plan) -> Iterator[Finding]:
    """Exactly the roles that the app needs, each on the one resource it is for."""
    check = roles_are_the_narrowest.__name__
    targets = {each.id: each for each in plan.resources}
    found: dict[str, set[str]] = {}
    for assignment in plan.of("Microsoft.Authorization/roleAssignments"):
        yield from must(assignment, check, "properties", "principalType", be="ServicePrincipal")
        role = str(get(assignment, "properties", "roleDefinitionId")).rsplit("/", 1)[-1]
        target = targets.get(assignment.scope)
        if target is None:
            yield amiss(assignment, check, "a role on a whole group is too much")
        elif role not in wanted(target):
            yield amiss(assignment, check, f"role {role} is not for {target.name}", "properties", "roleDefinitionId")
        found.setdefault(assignment.scope, set()).add(role)
    for target in plan.resources:
        if not holds_content(plan, target):
            for role in sorted(wanted(target) - found.get(target.id, set())):
                yield amiss(target, check, f"the app lacks role {role} here")


def data_roles_are_the_narrowest(plan: Plan) -> Iterator[Finding]:
    check = data_roles_are_the_narrowest.__name__
    own = {definition.id for definition in plan.of(f"{_COSMOS}/sqlRoleDefinitions")}
    for definition in plan.of(f"{_COSMOS}/sqlRoleDefinitions"):
        for permission in records(get(definition, "properties", "permissions")):
            if wrong := set(texts(permission.get("dataActions"))) ^ roles.DATA_ACTIONS:
                yield amiss(definition, check, f"data actions differ by {sorted(wrong)}", "properties", "permissions")
    assigned = [
        (each, str(get(each, "properties", "roleDefinitionId"))) for each in plan.of(f"{_COSMOS}/sqlRoleAssignments")
    ]
    if not any(role in own for _, role in assigned):
        yield Finding(plan.outputs.at, check, "the app has no role for the data of Cosmos DB")
    for assignment, role in assigned:
        if role not in own and not role.endswith(f"/{roles.DATA_READER}"):
            yield amiss(assignment, check, f"role {role.rsplit('/', 1)[-1]} is too wide", "properties")


def connections_are_identities(plan: Plan) -> Iterator[Finding]:
    """A connection's name stands only with `__`, and each says where it goes and as whom."""
    check = connections_are_identities.__name__
    users = {
        f"<{each.name}.properties.clientId>" for each in plan.of("Microsoft.ManagedIdentity/userAssignedIdentities")
    }
    for settings in app_settings(plan):
        given = _given(settings)
        for name in sorted({name.split("__")[0] for name in given if "__" in name} - _NO_CONNECTIONS):
            if name in given:
                yield amiss(settings, check, f"{name} is a connection string beside an identity", "properties", name)
            yield from must(settings, check, "properties", f"{name}__credential", be="managedidentity")
            if str(given.get(f"{name}__clientId")) not in users:
                yield amiss(settings, check, f"{name}__clientId is not the app's identity", "properties")
            if not given.get(f"{name}__{ADDRESSES.get(name)}"):
                yield amiss(settings, check, f"{name} does not say where it goes", "properties")
        if not str(given.get("APPLICATIONINSIGHTS_AUTHENTICATION_STRING")).startswith(
            "Authorization=AAD;ClientId=<id-"
        ):
            yield amiss(settings, check, "telemetry is sent without the app's identity", "properties")


def sites_have_the_identity(plan: Plan) -> Iterator[Finding]:
    check = sites_have_the_identity.__name__
    identities = {each.id for each in plan.of("Microsoft.ManagedIdentity/userAssignedIdentities")}
    for site in sites(plan):
        yield from must(site, check, "identity", "type", be="UserAssigned")
        given = get(site, "identity", "userAssignedIdentities")
        if not isinstance(given, Record) or set(given) != identities:
            yield amiss(site, check, "has another identity than the app's", "identity")
        if get(site, "properties", "keyVaultReferenceIdentity") not in identities:
            yield amiss(site, check, "reads secrets with no identity", "properties", "keyVaultReferenceIdentity")


def wanted(target: Deployed) -> frozenset[str]:
    """The roles that the app needs on a resource."""
    if target.type != _HUBS:
        return roles.ON.get(target.type, frozenset())
    is_sent_to = target.name.rsplit("/", 1)[-1] in roles.SENT_TO
    return frozenset({roles.HUB_SENDER if is_sent_to else roles.HUB_RECEIVER})


def sites(plan: Plan) -> tuple[Deployed, ...]:
    return plan.of("Microsoft.Web/sites") + plan.of("Microsoft.Web/sites/slots")


def app_settings(plan: Plan) -> tuple[Deployed, ...]:
    every = plan.of("Microsoft.Web/sites/config") + plan.of("Microsoft.Web/sites/slots/config")
    return tuple(each for each in every if each.name.endswith("/appsettings"))


def holds_content(plan: Plan, resource: Deployed) -> bool:
    return bool(plan.children(resource, "fileServices/shares"))


def _given(settings: Deployed) -> Record:
    given = get(settings, "properties")
    return given if isinstance(given, Record) else Record(settings.at)
