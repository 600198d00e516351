"""In test and production every store is reached from inside the network and from nowhere else."""

from collections.abc import Iterator
from typing import Final

from infra.checks.places import Finding
from infra.checks.plan import Plan, amiss, get, must, records, texts
from infra.checks.policies.identity import holds_content, sites
from infra.checks.values import Deployed

PRIVATE: Final = frozenset({"test", "prod"})
# Source: learn.microsoft.com/azure/private-link/private-endpoint-dns.
_ZONES: Final = {
    "Sql": "privatelink.documents.azure.com",
    "blob": "privatelink.blob.core.windows.net",
    "file": "privatelink.file.core.windows.net",
    "namespace": "privatelink.servicebus.windows.net",
    "queue": "privatelink.queue.core.windows.net",
    "table": "privatelink.table.core.windows.net",
    "vault": "privatelink.vaultcore.azure.net",
}
_WITH_RULES: Final = frozenset({"Microsoft.KeyVault/vaults", "Microsoft.Storage/storageAccounts"})
_TLS: Final = (
    ("Microsoft.DocumentDB/databaseAccounts", "Tls12", ("properties", "minimalTlsVersion")),
    ("Microsoft.EventHub/namespaces", "1.2", ("properties", "minimumTlsVersion")),
    ("Microsoft.Storage/storageAccounts", "TLS1_2", ("properties", "minimumTlsVersion")),
    ("Microsoft.Web/sites", "1.2", ("properties", "siteConfig", "minTlsVersion")),
    ("Microsoft.Web/sites", "1.2", ("properties", "siteConfig", "scmMinTlsVersion")),
    ("Microsoft.Web/sites/slots", "1.2", ("properties", "siteConfig", "minTlsVersion")),
    ("Microsoft.Web/sites", True, ("properties", "httpsOnly")),
    ("Microsoft.Web/sites/slots", True, ("properties", "httpsOnly")),
)


def stores_are_private(plan: Plan) -> Iterator[Finding]:
    check = stores_are_private.__name__
    if plan.name not in PRIVATE:
        return
    endpoints = [_connection(each) for each in plan.of("Microsoft.Network/privateEndpoints")]
    for store, groups in _stores(plan):
        yield from must(store, check, "properties", "publicNetworkAccess", be="Disabled")
        if store.type in _WITH_RULES:
            yield from must(store, check, "properties", "networkAcls", "defaultAction", be="Deny")
        for group in sorted(groups - {group for target, group in endpoints if target == store.id}):
            yield amiss(store, check, f"has no private endpoint for {group}")


def private_names_resolve(plan: Plan) -> Iterator[Finding]:
    """Each endpoint has its zone, and each zone is linked to the network."""
    check = private_names_resolve.__name__
    linked = {each.name.split("/")[0] for each in plan.of("Microsoft.Network/privateDnsZones/virtualNetworkLinks")}
    for endpoint in plan.of("Microsoft.Network/privateEndpoints"):
        _, group = _connection(endpoint)
        configs = [
            str(get(zones, "properties", "privateDnsZoneConfigs", 0, "properties", "privateDnsZoneId")).rsplit("/", 1)[
                -1
            ]
            for zones in plan.children(endpoint, "privateDnsZoneGroups")
        ]
        if configs != [_ZONES.get(group)]:
            yield amiss(endpoint, check, f"group {group!r} resolves in {configs}, not {_ZONES.get(group)}")
        elif not linked.issuperset(configs):
            yield amiss(endpoint, check, f"zone {configs[0]} is not linked to the network")


def sites_leave_through_the_network(plan: Plan) -> Iterator[Finding]:
    check = sites_leave_through_the_network.__name__
    subnets: set[str | None] = {
        f"{network.id}/subnets/{subnet.get('name')}"
        for network in plan.of("Microsoft.Network/virtualNetworks")
        for subnet in records(get(network, "properties", "subnets"))
        if "delegations" in str(subnet.get("properties"))
    }
    for site in sites(plan):
        if plan.name in PRIVATE:
            yield from must(site, check, "properties", "outboundVnetRouting", "allTraffic", be=True)
        if get(site, "properties", "virtualNetworkSubnetId") not in (subnets or {None}):
            yield amiss(site, check, "is not in the app's delegated subnet", "properties", "virtualNetworkSubnetId")
        yield from must(site, check, "properties", "siteConfig", "functionsRuntimeScaleMonitoringEnabled", be=True)


def nothing_speaks_old_tls(plan: Plan) -> Iterator[Finding]:
    for kind, expected, path in _TLS:
        for resource in plan.of(kind):
            yield from must(resource, nothing_speaks_old_tls.__name__, *path, be=expected)


def _stores(plan: Plan) -> Iterator[tuple[Deployed, frozenset[str]]]:
    for account in plan.of("Microsoft.DocumentDB/databaseAccounts"):
        yield account, frozenset({"Sql"})
    for namespace in plan.of("Microsoft.EventHub/namespaces"):
        yield namespace, frozenset({"namespace"})
    for vault in plan.of("Microsoft.KeyVault/vaults"):
        yield vault, frozenset({"vault"})
    for storage in plan.of("Microsoft.Storage/storageAccounts"):
        yield storage, frozenset({"file"} if holds_content(plan, storage) else {"blob", "queue", "table"})


def _connection(endpoint: Deployed) -> tuple[str, str]:
    connection = get(endpoint, "properties", "privateLinkServiceConnections", 0, "properties")
    if connection is None:
        return "", ""
    target = get(endpoint, "properties", "privateLinkServiceConnections", 0, "properties", "privateLinkServiceId")
    groups = texts(get(endpoint, "properties", "privateLinkServiceConnections", 0, "properties", "groupIds"))
    return str(target), groups[0] if groups else ""
