"""A container's partition key: where the values stand in a document and how a request names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from local.cosmos.epk import (
    HIGHEST,
    UNDEFINED,
    Component,
    Undefined,
    hash_multi,
    hash_v1,
    hash_v2,
)
from local.cosmos.errors import bad_request, partition_key_mismatch

_LONGEST_VALUE: Final = 2048
_MOST_REMEMBERED: Final = 50_000


@dataclass(frozen=True, slots=True)
class PartitionKey:
    """One path, or up to three for a hierarchical key."""

    paths: tuple[tuple[str, ...], ...]
    hierarchical: bool = False
    version: int = 2
    system: bool = False
    _points: dict[bytes, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)
    _texts: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, document: Mapping[str, object]) -> bytes:
        """The effective partition key of a document."""
        if len(self.paths) > 1:
            return self.hashed(tuple(_at(document, path) for path in self.paths))
        path = self.paths[0]
        # Nearly every key is a text at the top: it costs a look, and those that came before no hash.
        value = document.get(path[0], UNDEFINED) if len(path) == 1 else _at(document, path)
        if type(value) is str:
            return self._texts.get(value) or _remember(self._texts, value, self.hashed((value,)))
        return self.hashed((_scalar(value),))

    def hashed(self, components: tuple[Component, ...]) -> bytes:
        if any(isinstance(part, str) and len(part) > _LONGEST_VALUE for part in components):
            raise bad_request(f"A partition key value is longer than {_LONGEST_VALUE} bytes.")
        if self.hierarchical:
            return hash_multi(tuple(None if part is UNDEFINED else part for part in components))
        return hash_v1(components[0]) if self.version == 1 else hash_v2(components[0])

    def point(self, header: bytes) -> bytes:
        """The effective key named by a request that must name all of it."""
        return self._points.get(header) or _remember(self._points, header, self._point(header))

    def _point(self, header: bytes) -> bytes:
        components = _parse(self, header)
        if len(components) != len(self.paths):
            raise partition_key_mismatch()
        return self.hashed(components)

    def bounds(self, header: bytes) -> tuple[bytes, bytes]:
        """The span of effective keys a query's header covers: one key, or all below a prefix."""
        components = _parse(self, header)
        if self.hierarchical and len(components) < len(self.paths):
            prefix = self.hashed(components)
            return prefix, prefix + HIGHEST
        if len(components) != len(self.paths):
            raise partition_key_mismatch()
        key = self.hashed(components)
        return key, key


def _remember[T](known: dict[T, bytes], asked: T, answer: bytes) -> bytes:
    """Hashing is the same each time, and the same keys come again and again."""
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
    known[asked] = answer
    return answer


def _parse(key: PartitionKey, header: bytes) -> tuple[Component, ...]:
    try:
        values = orjson.loads(header)
    except orjson.JSONDecodeError as problem:
        raise bad_request(f"The partition key header is not JSON: {problem}") from problem
    if not isinstance(values, list):
        raise bad_request("The partition key header is not a JSON array.")
    if not values and key.system:
        return (UNDEFINED,)
    if not values or len(values) > len(key.paths):
        raise partition_key_mismatch()
    return tuple(_component(value) for value in values)


def _component(value: object) -> Component:
    """`{}` stands for a property that is not there."""
    if value == {}:
        return UNDEFINED
    if isinstance(value, (dict, list)):
        raise partition_key_mismatch()
    return _scalar(value)


def _scalar(value: object) -> Component:
    """Lists and objects at the path of the key count as undefined."""
    return value if value is None or isinstance(value, (str, int, float, Undefined)) else UNDEFINED


def _at(document: Mapping[str, object], path: tuple[str, ...]) -> Component:
    value: object = document
    for name in path:
        # A JSON object is a dict and nothing else; asking for a Mapping costs ten times as much.
        if type(value) is not dict:
            return UNDEFINED
        value = value.get(name, UNDEFINED)
    return value if type(value) is str else _scalar(value)


def parse_path(path: object) -> tuple[str, ...]:
    """Splits `/a/"b/c"` into its names.

    Raises:
        CosmosError: 400 when the text is not a path.

    """
    if not isinstance(path, str) or not path.startswith("/") or path == "/":
        raise bad_request(f"The path {path!r} is not valid; a path looks like /name or /name/inner.")
    names: list[str] = []
    rest = path
    while rest:
        name, rest = _first_name(rest[1:])
        if not name or (rest and not rest.startswith("/")):
            raise bad_request(f"The path {path!r} is not valid.")
        names.append(name)
    return tuple(names)


def _first_name(text: str) -> tuple[str, str]:
    if text[:1] in {'"', "'"}:
        end = text.find(text[0], 1)
        return (text[1:end], text[end + 1 :]) if end > 0 else ("", "")
    name, slash, rest = text.partition("/")
    return name, slash + rest
