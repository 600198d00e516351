"""Unique keys: within one partition, no two items agree on all paths of a key (learn.microsoft.com, unique-keys).

Who has which values is kept in the store's own database, so a look costs the same in a partition of any size.
"""

import hashlib
import sqlite3
from collections.abc import Callable
from typing import Final

import orjson

from local.cosmos.items import Document

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS unique_values (container INTEGER NOT NULL, epk BLOB NOT NULL, id TEXT NOT NULL,
    key INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (container, epk, id, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS holder ON unique_values (container, epk, key, value);
"""
_FORGET: Final = "DELETE FROM unique_values WHERE container = ? AND epk = ? AND id = ?"
_KEEP: Final = "INSERT INTO unique_values VALUES (?, ?, ?, ?, ?)"
_HOLDERS: Final = "SELECT id FROM unique_values WHERE container = ? AND epk = ? AND key = ? AND value = ?"
_DIGEST_BYTES: Final = 16

type Paths = tuple[tuple[str, ...], ...]
type Values = tuple[bytes, ...]


def values_of(keys: tuple[Paths, ...], document: Document) -> Values:
    """A digest for each key; of JSON, because `1`, `true` and `"1"` are three values. A missing path counts as null."""
    texts = (orjson.dumps([_at(document, path) for path in paths]) for paths in keys)
    return tuple(hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest() for text in texts)


def _at(document: Document, path: tuple[str, ...]) -> object:
    node: object = document
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return float(node) if type(node) is int else node


class UniqueValues:
    """The values of each item; those of an expired one stay until it is erased, so ask whether the holder lives."""

    def __init__(self, connection: sqlite3.Connection, begin: Callable[[], None]) -> None:
        self._connection = connection
        self._begin = begin

    def holders(self, container: int, epk: bytes, key: int, value: bytes) -> list[str]:
        return [name for (name,) in self._connection.execute(_HOLDERS, (container, epk, key, value))]

    def keep(self, container: int, epk: bytes, name: str, values: Values) -> None:
        """In place of what the item had before."""
        self.forget(container, epk, name)
        rows = ((container, epk, name, key, value) for key, value in enumerate(values))
        self._connection.executemany(_KEEP, rows)

    def forget(self, container: int, epk: bytes, name: str) -> None:
        self._begin()
        self._connection.execute(_FORGET, (container, epk, name))

    def drop(self, container: int) -> None:
        self._begin()
        self._connection.execute("DELETE FROM unique_values WHERE container = ?", (container,))
