"""What the customers' view shows and since when, by following its own change feed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence, Sized
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from time import monotonic
from typing import Final

from local.demo.settled import PATIENCE, NotSettled
from local.demo.store import Store

VIEW: Final = "customer-orders"
# The finest difference the measured latency can show; to look more often would slow down what is measured.
LOOK_EVERY: Final = timedelta(milliseconds=50)
# Enough for the app to be busy all the time, and few enough for none to wait longer than a step of its saga may take.
MOST_PENDING: Final = 24


@dataclass(slots=True)
class Sightings:
    """`first_seen` is the event loop's time by order, `ended` the orders that are pending no more."""

    first_seen: dict[str, float] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    changed_at: float = field(default_factory=monotonic)

    async def room(self, placed: Sized) -> None:
        """Wait while too many of the placed orders are pending. Raises NotSettled when that does not change."""
        while len(placed) - len(self.ended) >= MOST_PENDING:
            if monotonic() - self.changed_at > PATIENCE.total_seconds():
                raise NotSettled(f"{len(placed) - len(self.ended)} orders are pending, and none of their rows changed")
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def follow(self, stored: Store) -> None:
        """For ever."""
        position: str | None = None
        while True:
            found, position = await stored.changes(VIEW, position)
            now = monotonic()
            for row in found:
                self.first_seen.setdefault(row["id"], now)
                if row.get("status") != "pending":
                    self.ended.add(row["id"])
            self.changed_at = now if found else self.changed_at
            await asyncio.sleep(LOOK_EVERY.total_seconds())


@asynccontextmanager
async def watched(stored: Store) -> AsyncIterator[Sightings]:
    """From the beginning of the view on."""
    sightings = Sightings()
    watching = asyncio.create_task(sightings.follow(stored))
    try:
        yield sightings
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    if not watching.cancelled():
        watching.result()


def latencies_ms(answered_at: Mapping[str, float], first_seen: Mapping[str, float]) -> list[float]:
    """Sorted; 0 where the row was seen before its order's answer was read."""
    both = answered_at.keys() & first_seen.keys()
    return sorted(max(0.0, first_seen[order_id] - answered_at[order_id]) * 1000 for order_id in both)


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The smallest value that at least `percent` of all do not exceed; None of nothing."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)] if ordered else None
