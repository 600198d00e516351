"""How far each consumer is behind in its feed, by reading on from its leases as the platform's own estimator does.

Source: ChangeFeedEstimatorIterator in the .NET SDK, whose figure is the range's newest transaction less the last one
passed. Ours differs where that one guesses: a range that was split or merged is read in its parts and counted once, and
a lease without a place is measured from the beginning, where its trigger would start.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from azure.cosmos.aio import ContainerProxy

from shared.cosmos.failures import translated
from shared.cosmos.feed_reads import look
from shared.cosmos.leases import all_leases, leases_of
from shared.cosmos.ranges import describe_ranges
from shared.cosmos.spent import Spent
from shared.kernel import Failure, Transient
from shared.lag import Cost, Estimate, Lease, PhysicalRange, Sight, feed_lag, living
from shared.lag.reckoning import Feed, Seen, is_readable
from shared.ports import LeasePosition, Reader

AT_ONCE: Final = 8


@dataclass(slots=True)
class _Ranges:
    """The ranges of one container as far as they are known; others read them again when these are gone."""

    known: tuple[PhysicalRange, ...] = ()
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, container: ContainerProxy, spent: Spent, gone: tuple[PhysicalRange, ...]) -> None:
        async with self.reading:
            if self.known is gone:
                self.known = living(await describe_ranges(container, hear=spent.hear))


@dataclass(frozen=True, slots=True)
class CosmosFeedLags:
    """A `FeedLags` and a `LagEstimates`. `feeds` are containers by name; at most AT_ONCE leases are read at once."""

    leases: ContainerProxy
    feeds: Mapping[str, ContainerProxy]
    expires_after: timedelta
    now: Callable[[], datetime]
    _ranges: dict[str, _Ranges] = field(default_factory=dict)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def positions(self, consumer: str, container: str) -> Sequence[LeasePosition]:
        leases, spent = await leases_of(self.leases, consumer), Spent()
        found = await _all(self._sights(container, lease, spent) for lease in leases)
        return [self._position(lease, sights) for lease, sights in zip(leases, found, strict=True)]

    def _position(self, lease: Lease, sights: Sequence[Sight]) -> LeasePosition:
        return LeasePosition(
            lease.token,
            lease.position,
            owned=lease.is_owned(self.now(), expires_after=self.expires_after),
            behind=sum(each.transactions for each in sights) if sights else 1,
        )

    async def estimate(self, readers: Sequence[Reader], *, count_at_most: int = 0) -> Estimate:
        began, spent = monotonic(), Spent()
        leases = await all_leases(self.leases, [reader.consumer for reader in readers], spent)
        feeds = await _all(
            self._feed(reader, leases[reader.consumer], spent, count_at_most=count_at_most) for reader in readers
        )
        now = self.now()
        found = [feed_lag(feed, now=now, expires_after=self.expires_after) for feed in feeds]
        return Estimate(
            at=now,
            feeds=tuple(each.feed for each in found),
            cost=Cost(spent.requests, spent.charge, monotonic() - began),
            leases={each.feed.consumer: each.leases for each in found},
            ranges={each.feed.consumer: each.ranges for each in found},
        )

    async def _feed(self, reader: Reader, leases: Sequence[Lease], spent: Spent, *, count_at_most: int) -> Feed:
        container = reader.container
        ranges = self._ranges.setdefault(container, _Ranges())
        if not ranges.known:
            await ranges.read(self.feeds[container], spent, ())
        seen = await _all(self._seen(container, lease, spent, count_at_most=count_at_most) for lease in leases)
        return Feed(reader.consumer, container, ranges.known, tuple(seen), off=reader.off)

    async def _seen(self, container: str, lease: Lease, spent: Spent, *, count_at_most: int) -> Seen:
        """One lease's trouble is its own: what is known of the others stays known."""
        if not is_readable(lease):
            return Seen(lease, why=f"a lease of the feed {lease.mode!r}")
        try:
            return Seen(lease, await self._sights(container, lease, spent, count_at_most=count_at_most))
        except Failure as failure:
            return Seen(lease, why=str(failure))

    async def _sights(self, container: str, lease: Lease, spent: Spent, *, count_at_most: int = 0) -> tuple[Sight, ...]:
        """What comes after the lease's place, in each range that it now lies in. Raises Transient."""
        feed, ranges = self.feeds[container], self._ranges.setdefault(container, _Ranges())
        for _ in range(2):
            known = ranges.known
            pieces = lease.pieces(known)
            with translated(f"feed of {container}"):
                async with self._room:
                    found = [
                        await look(feed, piece, lease.position, spent=spent, count_at_most=count_at_most)
                        for piece in pieces
                    ]
            sights = tuple(each for each in found if each)
            if sights and len(sights) == len(pieces):
                return sights
            await ranges.read(feed, spent, known)
        raise Transient(f"lease {lease.token} of {container}: its ranges are being split or merged")


async def _all[T](reads: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """Every read to its end, then the first trouble of any of them."""
    found = await asyncio.gather(*reads, return_exceptions=True)
    for trouble in found:
        if isinstance(trouble, BaseException):
            raise trouble
    return [each for each in found if not isinstance(each, BaseException)]
