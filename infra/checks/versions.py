"""The one version of each resource type that this project writes against, as a person chose it."""

from collections.abc import Iterator
from typing import Final

from infra.checks.places import Finding
from infra.checks.symbols import resources
from infra.checks.template import Template

PINNED: Final = {
    "Microsoft.Authorization/locks": "2020-05-01",
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.Consumption/budgets": "2024-08-01",
    "Microsoft.DocumentDB/databaseAccounts": "2025-04-15",
    "Microsoft.EventHub/namespaces": "2024-01-01",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",
    "Microsoft.Insights/metricAlerts": "2018-03-01",
    "Microsoft.Insights/scheduledQueryRules": "2023-12-01",
    "Microsoft.Insights/workbooks": "2023-06-01",
    "Microsoft.KeyVault/vaults": "2024-11-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Network/privateEndpoints": "2025-05-01",
    "Microsoft.Network/virtualNetworks": "2025-05-01",
    "Microsoft.OperationalInsights/workspaces": "2025-02-01",
    "Microsoft.Resources/resourceGroups": "2024-11-01",
    "Microsoft.Storage/storageAccounts": "2025-01-01",
    "Microsoft.Web/serverfarms": "2025-03-01",
    "Microsoft.Web/sites": "2025-03-01",
}


def unpinned(template: Template) -> Iterator[Finding]:
    """A part of a resource has the version of the whole."""
    for resource in resources(template):
        kind, _, version = resource.type.partition("@")
        if not version:
            continue
        whole = "/".join(kind.split("/")[:2])
        if whole not in PINNED:
            yield Finding(
                resource.at, "version", f"{whole} is new here: choose its version in infra/checks/versions.py"
            )
        elif version != PINNED[whole]:
            yield Finding(resource.at, "version", f"{kind} is written for {PINNED[whole]}, not {version!r}")
