"""Ports of what is written: events, rows and buckets, each write fenced by what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.kernel import Failure, Key

type Item = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Stored:
    """An item as it was read, with the etag that fences the next write of it."""

    item: Item
    etag: str


class EventStore(Protocol):
    async def read(self, stream: str) -> Sequence[Item]:
        """Every event item of the stream, by ascending sequence; none for an unknown stream. Always current."""
        ...

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        """Create all items at once or none. Raises Conflict when an id is taken, Unknown when the answer was lost."""
        ...


class Purges(Protocol):
    async def purge(self, stream: str, keep: Item, gone: Sequence[str]) -> None:
        """The item takes the place of the one with its id, and those with these ids go: all at once, at most 100.

        Raises Conflict when any of them is not there (any more).
        """
        ...


class RowStore(Protocol):
    """Rows by container. Writes are fenced: create or replace-if-unchanged, never an upsert."""

    async def read(self, container: str, key: Key) -> Stored | None: ...

    async def create(self, container: str, key: Key, item: Item) -> str:
        """Returns the new etag. Raises Conflict when the row exists already."""
        ...

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        """Returns the new etag. Raises Conflict when the row has changed since `etag` or is gone."""
        ...

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        """For lane heads, never for rows. What is missing is deleted; raises Conflict when it has changed."""
        ...


@dataclass(frozen=True, slots=True)
class RowWrite:
    """A create, or with an etag a replace of exactly what was read."""

    key: Key
    item: Item
    etag: str | None


class ManyRows(Protocol):
    """The calls of a `RowStore` for many rows of a container at once, each with an end of its own.

    Nothing is repeated here: a Transient says no more than that this row has to be asked for by itself.
    """

    async def read_all(self, container: str, keys: Sequence[Key]) -> Sequence[Stored | Failure | None]: ...

    async def write_all(self, container: str, writes: Sequence[RowWrite]) -> Sequence[str | Failure]:
        """The new etags, or why there is none; Conflict as for a `RowStore`."""
        ...


@dataclass(frozen=True, slots=True)
class Write:
    """A create, or with an etag a replace of exactly what was read."""

    item: Item
    etag: str | None = None


class BucketStore(Protocol):
    """Items of one partition that change together."""

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        """What is there of these items, by id."""
        ...

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        """All or nothing, at most 100; returns the new etags. Raises Conflict when any was created or changed."""
        ...


# The values that a row is ordered by: no two rows share them, and they never change.
