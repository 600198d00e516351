"""Shapes from the azure-mgmt packages of PyPI, which Microsoft makes of the same specifications as the service.

They know names, types and values of properties, but neither which are required nor other versions than their own.
"""

import importlib
import typing
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from functools import cache
from types import ModuleType
from typing import Any, Final

from infra.checks.hand_types import HAND_TYPES
from infra.checks.shapes import Anything, Fields, ListOf, OneOf, Scalar, Shape

_CLASSES: Final = {
    "Microsoft.Consumption/budgets": ("consumption", "Budget"),
    "Microsoft.DocumentDB/databaseAccounts": ("cosmosdb", "DatabaseAccountCreateUpdateParameters"),
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases": ("cosmosdb", "SqlDatabaseCreateUpdateParameters"),
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers": ("cosmosdb", "SqlContainerCreateUpdateParameters"),
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments": (
        "cosmosdb",
        "SqlRoleAssignmentCreateUpdateParameters",
    ),
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions": (
        "cosmosdb",
        "SqlRoleDefinitionCreateUpdateParameters",
    ),
    "Microsoft.EventHub/namespaces": ("eventhub", "EHNamespace"),
    "Microsoft.EventHub/namespaces/eventhubs": ("eventhub", "Eventhub"),
    "Microsoft.EventHub/namespaces/eventhubs/consumergroups": ("eventhub", "ConsumerGroup"),
    "Microsoft.Insights/actionGroups": ("monitor", "ActionGroupResource"),
    "Microsoft.Insights/metricAlerts": ("monitor", "MetricAlertResource"),
    "Microsoft.Insights/scheduledQueryRules": ("monitor", "ScheduledQueryRuleResource"),
    "Microsoft.KeyVault/vaults": ("keyvault", "VaultCreateOrUpdateParameters"),
    "Microsoft.KeyVault/vaults/secrets": ("keyvault", "SecretCreateOrUpdateParameters"),
    "Microsoft.Network/privateDnsZones": ("privatedns", "PrivateZone"),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": ("privatedns", "VirtualNetworkLink"),
    "Microsoft.Network/privateEndpoints": ("network", "PrivateEndpoint"),
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": ("network", "PrivateDnsZoneGroup"),
    "Microsoft.Network/virtualNetworks": ("network", "VirtualNetwork"),
    "Microsoft.OperationalInsights/workspaces": ("loganalytics", "Workspace"),
    "Microsoft.Storage/storageAccounts": ("storage", "StorageAccountCreateParameters"),
    "Microsoft.Storage/storageAccounts/blobServices": ("storage", "BlobServiceProperties"),
    "Microsoft.Storage/storageAccounts/fileServices": ("storage", "FileServiceProperties"),
    "Microsoft.Storage/storageAccounts/fileServices/shares": ("storage", "FileShare"),
    "Microsoft.Web/serverfarms": ("web", "AppServicePlan"),
    "Microsoft.Web/sites": ("web", "Site"),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": ("web", "CsmPublishingCredentialsPoliciesEntity"),
    "Microsoft.Web/sites/slots": ("web", "Site"),
    "Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies": ("web", "CsmPublishingCredentialsPoliciesEntity"),
}
# What a class says of one configuration by name, for a type whose other names are written by hand.
_CONFIGURATIONS: Final = {
    "Microsoft.Web/sites/config": {"authsettingsV2": "SiteAuthSettingsV2"},
    "Microsoft.Web/sites/slots/config": {"authsettingsV2": "SiteAuthSettingsV2"},
}
# Every resource has these, whether its class says so or not.
_ALWAYS: Final[dict[str, Shape]] = {
    name: Anything()
    for name in ("name", "location", "tags", "kind", "sku", "identity", "zones", "properties", "extendedLocation")
}
_LEGACY: Final[dict[str, Shape]] = {
    "str": Scalar(str),
    "int": Scalar(int),
    "long": Scalar(int),
    "bool": Scalar(bool),
    "iso-8601": Scalar(str),
    "duration": Scalar(str),
}
_DEEPEST: Final = 12


class RegistryTypes:
    """A `Types` of what is installed, and of what is written by hand for the rest."""

    def shape(self, kind: str, version: str) -> Shape | None:
        del version
        return _resource(kind)

    def knows_version(self, kind: str, version: str) -> bool:
        del kind, version
        return True


@cache
def _resource(kind: str) -> Shape | None:
    if kind not in _CLASSES:
        return _by_hand(kind)
    package, name = _CLASSES[kind]
    shape = _model(package, name)
    if not isinstance(shape, Fields):
        return None
    return Fields({**_ALWAYS, **shape.fields}, by=shape.by, variants=shape.variants)


def _model(package: str, name: str) -> Shape:
    models = importlib.import_module(f"azure.mgmt.{package}.models")
    return _Reader(models).model(getattr(models, name), 0)


def _by_hand(kind: str) -> Shape | None:
    shape = HAND_TYPES.get(kind)
    if kind not in _CONFIGURATIONS or shape is None:
        return shape
    read = {name: _model("web", of) for name, of in _CONFIGURATIONS[kind].items()}
    return replace(
        shape, variants={**shape.variants, **{name: each for name, each in read.items() if isinstance(each, Fields)}}
    )


class _Reader:
    def __init__(self, models: ModuleType) -> None:
        self._models = models

    def model(self, of: type[Any], depth: int) -> Shape:
        if depth > _DEEPEST:
            return Anything()
        if hasattr(of, "_attribute_map"):
            return self._legacy(of, depth)
        fields = {name: self._annotated(hint, depth) for name, hint in _rest_fields(of)}
        mapping: dict[str, type[Any]] = getattr(of, "__mapping__", {})
        # A class that stands for one value of its kind carries no choice of its own.
        if not mapping or of in mapping.values():
            return Fields(fields)
        by = next(rest._rest_name for rest in _rest(of).values() if rest._is_discriminator)  # noqa: SLF001 - no other way
        return Fields(fields, by=by, variants=self._variants(mapping, depth))

    def _variants(self, mapping: dict[str, type[Any]], depth: int) -> dict[str, Fields]:
        found = {value: self.model(of, depth + 1) for value, of in mapping.items()}
        return {value: shape for value, shape in found.items() if isinstance(shape, Fields)}

    def _annotated(self, hint: Any, depth: int) -> Shape:  # noqa: ANN401, PLR0911 - whatever an annotation is
        if isinstance(hint, typing.ForwardRef):
            hint = hint.__forward_arg__
        if isinstance(hint, str):
            found = self._named(hint)
            return self._annotated(found, depth) if found else Anything()
        if isinstance(hint, type) and issubclass(hint, Enum):
            return OneOf(tuple(str(each.value) for each in hint))
        if hint in {str, int, bool}:
            return Scalar(hint)
        match typing.get_origin(hint), typing.get_args(hint):
            case typing.Union, parts:
                return self._union([part for part in parts if part is not type(None)], depth)
            case origin, (item,) if origin is list:
                return ListOf(self._annotated(item, depth + 1))
            case origin, (_, item) if origin is dict:
                return Fields({}, others=self._annotated(item, depth + 1))
        return self.model(hint, depth + 1) if _rest(hint) else Anything()

    def _union(self, parts: list[Any], depth: int) -> Shape:
        shapes = [self._annotated(part, depth) for part in parts]
        enums = [shape for shape in shapes if isinstance(shape, OneOf)]
        return enums[0] if enums else shapes[0] if len(shapes) == 1 else Anything()

    def _named(self, hint: str) -> Any:  # noqa: ANN401 - a class or nothing
        name = hint.rsplit(".", 1)[-1]
        private = getattr(self._models, "_models", None)
        return getattr(self._models, name, None) or getattr(private, name, None)

    def _legacy(self, of: type[Any], depth: int) -> Shape:
        """The older generator flattens: `properties.scope` is one attribute."""
        tree: dict[str, Any] = {}
        for each in self._chain(of, set()):
            for attribute in each._attribute_map.values():  # noqa: SLF001 - no other way
                *path, last = _keys(attribute["key"])
                home = tree
                for step in path:
                    home = home.setdefault(step, {})
                home[last] = self._legacy_type(attribute["type"], depth)
        return _fields(tree)

    def _chain(self, of: type[Any], seen: set[type[Any]]) -> Iterator[type[Any]]:
        """The class and all that may stand in its place."""
        if of in seen:
            return
        seen.add(of)
        yield of
        for group in getattr(of, "_subtype_map", {}).values():
            for name in group.values():
                yield from self._chain(getattr(self._models, name), seen)

    def _legacy_type(self, kind: str, depth: int) -> Shape:
        if kind.startswith("["):
            return ListOf(self._legacy_type(kind[1:-1], depth + 1))
        if kind.startswith("{"):
            return Fields({}, others=self._legacy_type(kind[1:-1], depth + 1))
        if kind in _LEGACY:
            return _LEGACY[kind]
        found = getattr(self._models, kind, None)
        return (
            self.model(found, depth + 1) if isinstance(found, type) and hasattr(found, "_attribute_map") else Anything()
        )


def _keys(path: str) -> list[str]:
    return [key.replace("\0", ".") for key in path.replace("\\.", "\0").split(".")]


def _fields(tree: dict[str, Any]) -> Fields:
    return Fields({key: _fields(inner) if isinstance(inner, dict) else inner for key, inner in tree.items()})


def _rest(of: Any) -> dict[str, Any]:  # noqa: ANN401 - a class of any package
    """The fields of a generated class, which are known once one was made."""
    if isinstance(of, type) and "_attr_to_rest_field" not in vars(of) and hasattr(of, "_is_model"):
        of({})
    return dict(getattr(of, "_attr_to_rest_field", {}))


def _rest_fields(of: type[Any]) -> Iterator[tuple[str, Any]]:
    hints: dict[str, Any] = {}
    for each in reversed(of.__mro__):
        hints |= vars(each).get("__annotations__", {})
    for attribute, rest in _rest(of).items():
        yield rest._rest_name, hints.get(attribute)  # noqa: SLF001 - no other way
