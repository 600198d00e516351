"""Waits, within a bound, until a view has passed everything that was committed before it was asked.

One probe at a time for each consumer, shared by all who wait: it asks every lease whether anything is left after its
position. A lease that was seen with nothing left, once since the reader came, has passed what the reader may expect;
numbers in the feed are never compared, so splits and other writers do not matter.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.kernel import Failure
from shared.ports import FeedLags, LeasePosition

WAIT_AT_MOST: Final = 2.0
PROBE_EVERY: Final = 0.05
# A feed that has not moved for so long will not be there in time for this reader either.
STUCK_AFTER: Final = 5.0


@dataclass(frozen=True, slots=True)
class Fresh:
    """`lag` is 0 when the view has passed all that was committed before; otherwise what it still lacks, at least 1."""

    lag: int = 0

    @property
    def is_fresh(self) -> bool:
        return self.lag == 0


@dataclass(slots=True)
class _Watch:
    """What the probes of one consumer have seen."""

    running: asyncio.Task[tuple[LeasePosition, ...]] | None = None
    next_at: float = 0.0
    places: tuple[tuple[str, str | None], ...] = ()
    # Since when it has been behind without moving; None while it is not.
    stuck_since: float | None = None


@dataclass(slots=True)
class Freshness:
    """`seconds` and `sleep` are the clock. `is_off` tells which consumers are switched off."""

    lags: FeedLags
    seconds: Callable[[], float]
    is_off: Callable[[str], bool] = lambda _: False
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _watches: dict[str, _Watch] = field(default_factory=dict)

    async def wait(self, consumer: str, container: str, *, at_most: float = WAIT_AT_MOST) -> Fresh:
        """Answers at once when waiting is pointless: switched off, nobody owns a lease, or no progress lately."""
        deadline = self.seconds() + at_most
        passed: set[str] = set()
        while True:
            try:
                async with asyncio.timeout(max(0.0, deadline - self.seconds())):
                    positions = await self._probe(consumer, container)
            except (Failure, TimeoutError):
                # Whoever reads the view is told by the view itself when the store is away.
                return Fresh(lag=1)
            passed |= {each.lease for each in positions if each.behind == 0}
            left = [each for each in positions if each.lease not in passed]
            if positions and not left:
                return Fresh()
            if self._is_pointless(consumer, left) or self.seconds() >= deadline:
                return Fresh(lag=max(1, sum(each.behind for each in left)))

    async def _probe(self, consumer: str, container: str) -> tuple[LeasePosition, ...]:
        """The first probe that begins from now on: one that is under way may have missed what we wait for."""
        watch = self._watches.setdefault(consumer, _Watch())
        if watch.running is not None:
            await asyncio.wait([watch.running])
        if watch.running is None or watch.running.done():
            watch.running = asyncio.create_task(self._look(watch, consumer, container))
        return await asyncio.shield(watch.running)

    async def _look(self, watch: _Watch, consumer: str, container: str) -> tuple[LeasePosition, ...]:
        if (early := watch.next_at - self.seconds()) > 0:
            await self.sleep(early)
        watch.next_at = self.seconds() + PROBE_EVERY
        positions = tuple(await self.lags.positions(consumer, container))
        places = tuple((each.lease, each.position) for each in positions)
        if all(each.behind == 0 for each in positions):
            watch.stuck_since = None
        elif places != watch.places or watch.stuck_since is None:
            watch.stuck_since = self.seconds()
        watch.places = places
        return positions

    def _is_pointless(self, consumer: str, left: Sequence[LeasePosition]) -> bool:
        since = self._watches[consumer].stuck_since
        stuck = since is not None and self.seconds() - since > STUCK_AFTER
        return stuck or self.is_off(consumer) or not any(each.owned for each in left)
