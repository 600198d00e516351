"""Bicep's own functions, as far as this project calls them, and the names of all of them."""

import ipaddress
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import chain
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from infra.checks.places import Place
from infra.checks.values import Closure, Items, Record, Runtime, Value


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Source: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions.
NAMES: Final = _words("""
    any array base64 base64ToJson base64ToString bool cidrHost cidrSubnet coalesce concat contains createArray
    createObject dataUri dateTimeAdd dateTimeFromEpoch dateTimeToEpoch deployer deployment empty endsWith
    environment extensionResourceId fail filter first flatten format getSecret groupBy guid indexOf int intersection
    items join json last lastIndexOf length listAccountSas listKeys loadFileAsBase64 loadJsonContent loadTextContent
    loadYamlContent managementGroup map mapValues max min newGuid objectKeys padLeft parseCidr parseUri pickZones
    range readEnvironmentVariable reduce reference replace resourceGroup resourceId shallowMerge skip sort split
    startsWith string subscription subscriptionResourceId substring take tenant tenantResourceId toLower toObject
    toUpper trim union uniqueString uri uriComponent uriComponentToString utcNow
""")


def _union(at: Place, *parts: Any) -> Value:  # noqa: ANN401 - of the kind the first part has
    if isinstance(parts[0], list):
        return Items(at, list(dict.fromkeys(chain.from_iterable(parts))))
    merged = Record(at)
    for part in parts:
        for key, value in part.items():
            old = merged.get(key)
            both = isinstance(old, Record) and isinstance(value, Record)
            merged.put(key, _union(at, old, value) if both else value, part.place(key))
    return merged


def _concat(at: Place, *parts: Any) -> Value:  # noqa: ANN401 - texts or arrays
    return "".join(parts) if isinstance(parts[0], str) else Items(at, list(chain.from_iterable(parts)))


def _to_object(at: Place, items: Items, key: Closure, value: Closure | None = None) -> Value:
    made = Record(at)
    for item in items:
        made.put(str(key(item)), value(item) if value else item, at)
    return made


def _items(at: Place, record: Record) -> Value:
    ordered = sorted(record.items())
    return Items(at, [Record(record.place(key), {"key": key, "value": value}) for key, value in ordered])


def _flatten(at: Place, arrays: Iterable[Items]) -> Value:
    return Items(at, list(chain.from_iterable(arrays)))


def _map_values(at: Place, record: Record, change: Closure) -> Value:
    return Record(at, {key: change(value) for key, value in record.items()}, record.places)


def _index_of(_: Place, items: Items | str, wanted: Any) -> Value:  # noqa: ANN401 - whatever the array holds
    if isinstance(items, str):
        return items.find(str(wanted))
    return items.index(wanted) if wanted in items else -1


def _letters(*parts: str) -> str:
    digest = int.from_bytes(sha256("\0".join(parts).encode()).digest())
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[digest >> 5 * place & 31] for place in range(13))


def _subnet(_: Place, network: str, bits: int, index: int) -> Value:
    subnets = ipaddress.ip_network(network).subnets(new_prefix=bits)
    return str(next(subnet for position, subnet in enumerate(subnets) if position == index))


EVALUATED: Final[dict[str, Callable[..., Value]]] = {
    "cidrSubnet": _subnet,
    "concat": _concat,
    "contains": lambda _, whole, part: part in whole,
    "empty": lambda _, value: not value,
    "filter": lambda at, items, keep: Items(at, [item for item in items if keep(item)]),
    "first": lambda _, items: items[0],
    "flatten": _flatten,
    # Stand-ins: another text than in Azure, but as long and as different from each other.
    "guid": lambda _, *parts: str(uuid5(NAMESPACE_URL, "\0".join(map(str, parts)))),
    "indexOf": _index_of,
    "items": _items,
    "join": lambda _, items, between: between.join(map(str, items)),
    "length": lambda _, value: len(value),
    "map": lambda at, items, change: Items(at, [change(item) for item in items]),
    "mapValues": _map_values,
    "max": lambda _, *numbers: max(numbers),
    "min": lambda _, *numbers: min(numbers),
    "replace": lambda _, text, old, new: text.replace(old, new),
    "string": lambda _, value: str(value),
    "take": lambda at, whole, count: whole[:count] if isinstance(whole, str) else Items(at, whole[:count]),
    "toLower": lambda _, text: text.lower(),
    "toObject": _to_object,
    "toUpper": lambda _, text: text.upper(),
    "union": _union,
    "uniqueString": lambda _, *parts: _letters(*map(str, parts)),
}
# These make something of a fixed form even from what is not known yet.
TAKES_RUNTIME: Final = frozenset({"guid", "uniqueString", "union", "concat", "toObject", "mapValues", "map", "items"})


def call(name: str, at: Place, arguments: tuple[Value, ...]) -> Value:
    """Raises TypeError, IndexError, AttributeError or ValueError for wrong arguments, as the function itself does."""
    if name not in TAKES_RUNTIME and any(isinstance(each, Runtime) for each in arguments):
        return Runtime(f"{name}({', '.join(map(str, arguments))})")
    return EVALUATED[name](at, *arguments)
