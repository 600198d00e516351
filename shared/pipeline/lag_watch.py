"""Measures every feed now and then, tells it on, and keeps it with its moment for whoever asks on any instance."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.kernel import Transient
from shared.lag import Estimate, Measurement
from shared.lag.measurement import is_silent, troubles
from shared.ports import Kept, LagEstimates, LagMeter, LaneCatalogue, Reader

# Of each lease, in one measurement; beyond that transactions are reckoned, so that its cost is bounded.
COUNTED_AT_MOST: Final = 100
# Seconds: before the next measurement begins, and for a single read.
WITHIN: Final = 15.0
READ_WITHIN: Final = 5.0


class Untold:
    """A `LagMeter` that nobody listens to."""

    def tell(self, estimate: Estimate, *, parked: Mapping[str, int], before: float | None) -> None:
        pass


UNTOLD: Final[LagMeter] = Untold()


@dataclass(frozen=True, slots=True)
class LagWatch:
    """`since` is when this instance began: before that it cannot know of silence."""

    lags: LagEstimates
    readers: Sequence[Reader]
    kept: Kept
    lanes: LaneCatalogue
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
        estimate = await self.look(count_at_most=COUNTED_AT_MOST)
        names = [reader.consumer for reader in self.readers]
        parked = dict(zip(names, await asyncio.gather(*map(self.lanes.count, names)), strict=True))
        before = await self.last()
        self.meter.tell(estimate, parked=parked, before=before.age(estimate.at) if before else None)
        found = Measurement.of(estimate, parked)
        await self.kept.keep(found.as_item())
        return found

    async def last(self) -> Measurement | None:
        """None when nobody has measured yet. Raises Transient."""
        try:
            async with asyncio.timeout(READ_WITHIN):
                item = await self.kept.last()
        except TimeoutError as late:
            raise Transient(f"what was measured last could not be read within {READ_WITHIN:.0f} s") from late
        return Measurement.read(item) if item else None

    def is_silent(self, last: Measurement | None) -> bool:
        return is_silent(last, now=self.now(), since=self.since)

    def troubles(self, last: Measurement | None) -> list[str]:
        """What is degraded, by what was measured last."""
        return list(troubles(last, now=self.now(), since=self.since))
