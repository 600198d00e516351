"""Ports of what is only looked through: pages, partitions, and what has to be seen to."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.ports.store import Item

type Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Slice:
    """Which rows are wanted: at most `limit`, greatest `by` first, of each only the properties `shown`.

    All values are texts. The first of `by` lies from `start` to `end`, both included; a row without it, hence without
    a body, is never wanted. With `after` only rows below that place are, however many have come above it since.
    """

    by: tuple[str, str]
    shown: tuple[str, ...]
    limit: int
    only: Mapping[str, str] = field(default_factory=dict)
    start: str = ""
    end: str | None = None
    after: Place | None = None

    def place(self, row: Item) -> Place:
        first, second = self.by
        return str(row[first]), str(row[second])


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows have an amount, and what these amounts add up to."""

    rows: int
    amount: int


class PageStore(Protocol):
    """Reads of one partition, each a single query of it."""

    async def newest(self, container: str, partition: str, wanted: Slice) -> Sequence[Item]: ...

    async def total(self, container: str, partition: str, *, of: str) -> Total:
        """`of` is a property that holds whole numbers; rows without it do not count."""
        ...


class DueStore(Protocol):
    async def due(self, container: str, name: str, moment: str, limit: int) -> Sequence[str]:
        """Whose item of that id has a `dueAt` not after the moment: their partitions, the earliest first.

        `limit` of each range.
        """
        ...


class Partitions(Protocol):
    def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        """Every item of one logical partition, in any order. Raises Transient when the store is away."""
        ...


class LaneCatalogue(Protocol):
    async def parked(self) -> Sequence[Item]:
        """Every lane head and raw poison record, oldest first."""
        ...

    async def count(self, consumer: str) -> int:
        """How many keys this consumer has parked."""
        ...


class ParkedSince(Protocol):
    async def since(self) -> Sequence[tuple[str, str]]:
        """Of every parked key and item: whose consumer's it is, and since when."""
        ...


class SagaCounts(Protocol):
    async def overdue(self, container: str, moment: str) -> int:
        """How many should have been looked at by that moment."""
        ...

    async def unanswered(self, container: str, attempts: int) -> int:
        """How many ask for something so often already."""
        ...


class TroubledSagas(Protocol):
    async def troubled(self, container: str, *, moment: str, attempts: int, limit: int) -> Sequence[Item]:
        """Those that run, and were due or in time until that moment, or ask for something so often already."""
        ...


class Sweep(Protocol):
    def everything(self, container: str) -> AsyncIterator[Item]:
        """Every item in its last version; those of one logical partition in the order of their last change."""
        ...
