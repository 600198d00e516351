"""Measures every feed now and then, tells it on, and keeps it with its moment for whoever asks on any instance."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.kernel import Transient
from shared.lag import Estimate, Measurement
from shared.lag.measurement import is_silent, troubles
from shared.ports import Item, LagEstimates, LagMeter, ParkedSince, Reader, Renewed

# Of each lease, in one measurement; beyond that transactions are reckoned, so that its cost is bounded.
COUNTED_AT_MOST: Final = 100
# Seconds: before the next measurement begins, and for a single read.
WITHIN: Final = 15.0
READ_WITHIN: Final = 5.0


class Untold:
    """A `LagMeter` that nobody listens to."""

    def tell(self, estimate: Estimate, *, before: float | None) -> None:
        pass


UNTOLD: Final[LagMeter] = Untold()


@dataclass(frozen=True, slots=True)
class LagWatch:
    """`since` is when this instance began: before that it cannot know of silence."""

    lags: LagEstimates
    readers: Sequence[Reader]
    kept: Renewed
    lanes: ParkedSince
    now: Callable[[], datetime]
    since: datetime
    meter: LagMeter = UNTOLD

    async def look(self, *, count_at_most: int = 0) -> Estimate:
        """How it stands at this moment, without keeping it. Raises Transient, also when it takes too long."""
        try:
            async with asyncio.timeout(WITHIN):
                return await self.lags.estimate(self.readers, count_at_most=count_at_most)
        except TimeoutError as late:
            raise Transient(f"the feeds could not be measured within {WITHIN:.0f} s") from late

    async def measure(self) -> Measurement:
        """Raises Transient when the store is away; what was kept then grows old, and is seen to."""
        # First of all, so that whatever is kept from here on is newer than this measurement.
        over = await self._kept()
        before = Measurement.read(over) if over else None
        estimate = await self.look(count_at_most=COUNTED_AT_MOST)
        self.meter.tell(estimate, before=before.age(estimate.at) if before else None)
        # As `Standing` sees them: whoever parks, and also what has no key.
        parked = Counter(consumer for consumer, _ in await self.lanes.since())
        found = Measurement.of(estimate, parked)
        await self.kept.renew(found.as_item(), over=over)
        return found

    async def last(self) -> Measurement | None:
        """None when nobody has measured yet. Raises Transient."""
        item = await self._kept()
        return Measurement.read(item) if item else None

    def is_silent(self, last: Measurement | None) -> bool:
        return is_silent(last, now=self.now(), since=self.since)

    def troubles(self, last: Measurement | None) -> list[str]:
        """What is degraded, by what was measured last."""
        return list(troubles(last, now=self.now(), since=self.since))

    async def _kept(self) -> Item | None:
        try:
            async with asyncio.timeout(READ_WITHIN):
                return await self.kept.last()
        except TimeoutError as late:
            raise Transient(f"what was measured last could not be read within {READ_WITHIN:.0f} s") from late
