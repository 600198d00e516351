"""Ports of what goes by: feeds and how far they are behind, and the hub that events leave for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.kernel import Poison
from shared.lag import Estimate, Keys
from shared.ports.store import Item


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
