"""Shapes of the few small types whose azure-mgmt packages are too large for what they say, written by hand.

Source: learn.microsoft.com/azure/templates, at the versions of `versions.PINNED`.
"""

from typing import Final

from infra.checks.shapes import Anything, Fields, ListOf, OneOf, Scalar, Shape

_TEXT: Final = Scalar(str)
_SWITCH: Final = Scalar(bool)
_ANY: Final = Anything()
_EVERYWHERE: Final[dict[str, Shape]] = {"name": _TEXT, "location": _TEXT, "tags": Fields({}, others=_TEXT)}


def _of(properties: dict[str, Shape], *needed: str, **beside: Shape) -> Fields:
    """A resource with these properties, and these fields beside them."""
    fields = {**_EVERYWHERE, **beside, "properties": Fields(properties, required=frozenset(needed))}
    return Fields(fields, required=frozenset({"properties"}))


def _log(*more: str) -> ListOf:
    named: dict[str, Shape] = dict.fromkeys(("category", *more), _TEXT)
    return ListOf(Fields({**named, "enabled": _SWITCH}, required=frozenset({"enabled"})))


HAND_TYPES: Final = {
    "Microsoft.Authorization/locks": _of(
        {"level": OneOf(("CanNotDelete", "ReadOnly", "NotSpecified"), is_open=False), "notes": _TEXT, "owners": _ANY},
        "level",
    ),
    "Microsoft.Authorization/roleAssignments": _of(
        {
            "principalId": _TEXT,
            "principalType": OneOf(("ServicePrincipal", "User", "Group", "ForeignGroup", "Device")),
            "roleDefinitionId": _TEXT,
            "description": _TEXT,
            "condition": _TEXT,
            "conditionVersion": _TEXT,
        },
        "principalId",
        "roleDefinitionId",
    ),
    "Microsoft.Insights/components": _of(
        {
            "Application_Type": OneOf(("web", "other")),
            "WorkspaceResourceId": _TEXT,
            "IngestionMode": OneOf(("LogAnalytics", "ApplicationInsights")),
            "DisableLocalAuth": _SWITCH,
            "DisableIpMasking": _SWITCH,
            "RetentionInDays": Scalar(int),
            "SamplingPercentage": _ANY,
            "publicNetworkAccessForIngestion": OneOf(("Enabled", "Disabled")),
            "publicNetworkAccessForQuery": OneOf(("Enabled", "Disabled")),
        },
        "Application_Type",
        kind=_TEXT,
    ),
    "Microsoft.Insights/diagnosticSettings": _of(
        {
            "workspaceId": _TEXT,
            "logAnalyticsDestinationType": OneOf(("Dedicated", "AzureDiagnostics")),
            "logs": _log("categoryGroup"),
            "metrics": _log(),
            "storageAccountId": _TEXT,
            "eventHubAuthorizationRuleId": _TEXT,
            "eventHubName": _TEXT,
        }
    ),
    "Microsoft.Insights/workbooks": _of(
        {"displayName": _TEXT, "serializedData": _TEXT, "category": _TEXT, "sourceId": _TEXT, "version": _TEXT},
        "displayName",
        "serializedData",
        "category",
        kind=OneOf(("shared",)),
        identity=_ANY,
    ),
    "Microsoft.ManagedIdentity/userAssignedIdentities": Fields(_EVERYWHERE),
    "Microsoft.Resources/resourceGroups": Fields(_EVERYWHERE),
    "Microsoft.Web/sites/config": Fields(
        {"name": _TEXT},
        by="name",
        variants={
            "appsettings": Fields({"properties": Fields({}, others=_TEXT)}),
            "slotConfigNames": Fields(
                {
                    "properties": Fields(
                        {
                            "appSettingNames": ListOf(_TEXT),
                            "azureStorageConfigNames": ListOf(_TEXT),
                            "connectionStringNames": ListOf(_TEXT),
                        }
                    )
                }
            ),
        },
    ),
    "Microsoft.Web/sites/slots/config": Fields(
        {"name": _TEXT}, by="name", variants={"appsettings": Fields({"properties": Fields({}, others=_TEXT)})}
    ),
}
