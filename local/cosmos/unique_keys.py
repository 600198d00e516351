"""Unique keys: within one partition, no two items agree on all paths of a key (learn.microsoft.com, unique-keys).

A container that has them pays for it here with a look at the partition on each write.
"""

from collections.abc import Iterable

import orjson

from local.cosmos.errors import conflict
from local.cosmos.items import Document
from local.cosmos.records import Record

type Paths = tuple[tuple[str, ...], ...]


def check_unique(keys: tuple[Paths, ...], document: Document, others: Iterable[Record]) -> None:
    """Raises CosmosError 409 when one of the others has the same values; a missing path counts as null."""
    mine = [_values(document, paths) for paths in keys]
    for other in others:
        stored = orjson.loads(other.body)
        if any(_values(stored, paths) == values for paths, values in zip(keys, mine, strict=True)):
            raise conflict("Unique index constraint violation.")


def _values(document: Document, paths: Paths) -> bytes:
    """As JSON, because `1`, `true` and `"1"` are three values."""
    return orjson.dumps([_at(document, path) for path in paths])


def _at(document: Document, path: tuple[str, ...]) -> object:
    node: object = document
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return float(node) if type(node) is int else node
