"""What the engine asks of a store. Small on purpose: a fake fits on a page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.kernel import Failure, Key, Poison
from shared.lag import Estimate, Keys

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


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`position` is where to go on. `reached` and `newest` number transactions of the range; equal at its tail."""

    items: Sequence[Item]
    position: str
    reached: int
    newest: int


class FeedPages(Protocol):
    """A container's change feed from its beginning, stretch by stretch, by anybody and without leases."""

    async def parts(self, container: str, keys: Keys) -> Sequence[Keys]:
        """These keys, cut where physical ranges begin and end now. Raises Transient in the middle of a split."""
        ...

    async def page(self, container: str, keys: Keys, position: str | None, *, most: int) -> FeedPage | None:
        """About `most` changes after the position, the oldest first; none when there is nothing left.

        None when these keys do not lie in one range any more: each of their parts goes on from the same position.
        Raises Transient when the store is away.
        """
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """`count` messages are safe in the hub; the one after them never can be when there is `poison`."""

    count: int
    poison: Poison | None = None


class Hub(Protocol):
    """Where messages go that others read."""

    async def send(self, key: str, messages: Sequence[bytes]) -> Taken:
        """Hand on messages of one key, in this order: none leaves before those in front of it are safe.

        Returns once all are safe, or all in front of one that never can be. Raises Transient when not now; then some
        of them may have arrived.
        """
        ...


@dataclass(frozen=True, slots=True)
class LeasePosition:
    """One lease's place in its range. `behind` is 0 when nothing is left after `position`; `owned` by a living host."""

    lease: str
    position: str | None
    owned: bool
    behind: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the feed of which container; `off` when its function is switched off."""

    consumer: str
    container: str
    off: bool = False


class FeedLags(Protocol):
    async def positions(self, consumer: str, container: str) -> Sequence[LeasePosition]:
        """Of every lease that the consumer has; none before a host has made them."""
        ...


class LagEstimates(Protocol):
    async def estimate(self, readers: Sequence[Reader], *, count_at_most: int = 0) -> Estimate:
        """Of all these readers at once. Reads on to count what waits, in each lease at most `count_at_most` changes.

        Raises Transient when the leases or the ranges cannot be read; a lease that cannot be read is unknown.
        """
        ...


class Kept(Protocol):
    """One item for all instances of the app: what somebody found out last."""

    async def keep(self, item: Item) -> None:
        """In place of what was kept before, by whomever."""
        ...

    async def last(self) -> Item | None: ...


class Renewed(Protocol):
    """As `Kept`, where many find out the same and the slow must not undo what is newer."""

    async def renew(self, item: Item, *, over: Item | None) -> None:
        """In place of `over`, which `last` gave. What somebody else has kept since then stays."""
        ...

    async def last(self) -> Item | None: ...


class LagMeter(Protocol):
    """Where lags are told to. Raises nothing, waits for nothing."""

    def tell(self, estimate: Estimate, *, before: float | None) -> None:
        """`before` is how old, in seconds, the measurement before this one had become; None for the first."""
        ...
