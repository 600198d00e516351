"""What waits for somebody: parked keys, sagas that nobody moves on, asks that nobody answers. For alerts."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.kernel.values import from_text, to_text
from shared.metrics import LANE_OLDEST_SECONDS, LANE_PARKED, SAGA_NEEDS_ATTENTION, SAGA_STUCK
from shared.observer import Observer
from shared.pipeline.saga_item import CONTAINER
from shared.ports import ParkedSince, SagaCounts

# The timer comes every two seconds: what is due for longer has met trouble each time, or nobody at all.
STUCK_AFTER: Final = timedelta(minutes=1)
# With waits that double up to five minutes, the eighth comes four minutes after the first.
ATTENTION_AFTER_ATTEMPTS: Final = 8
LAST_MOMENT: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lanes:
    """How many keys one consumer has parked, and how long the oldest has waited."""

    consumer: str
    parked: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Standing:
    """`consumers` are told of even when they have nothing parked: 0 is news too."""

    observer: Observer
    lanes: ParkedSince
    sagas: SagaCounts
    consumers: Sequence[str]
    now: Callable[[], datetime]

    async def measure(self) -> None:
        """One look at each; nothing when nobody listens. Raises Transient when the store is away."""
        if not self.observer.listens:
            return
        for lanes in await self.parked():
            self.observer.record(LANE_PARKED, lanes.parked, consumer=lanes.consumer)
            self.observer.record(LANE_OLDEST_SECONDS, lanes.oldest_seconds, consumer=lanes.consumer)
        self.observer.record(SAGA_STUCK, await self.stuck())
        self.observer.record(SAGA_NEEDS_ATTENTION, await self.unanswered())

    async def parked(self) -> list[Lanes]:
        """Raises Transient, as the others do."""
        parked, now = await self.lanes.since(), self.now()
        counts = Counter(consumer for consumer, _ in parked)
        oldest: dict[str, datetime] = {}
        for consumer, since in parked:
            moment = from_text(since)
            oldest[consumer] = min(moment, oldest.get(consumer, moment))
        return [
            Lanes(consumer, counts[consumer], (now - oldest.get(consumer, now)).total_seconds())
            for consumer in dict.fromkeys([*self.consumers, *counts])
        ]

    async def running(self) -> int:
        """Sagas that wait for an answer, a moment or somebody."""
        return await self.sagas.overdue(CONTAINER, to_text(LAST_MOMENT))

    async def due(self) -> int:
        """Those of them that should be looked at by now."""
        return await self.sagas.overdue(CONTAINER, to_text(self.now()))

    async def stuck(self) -> int:
        return await self.sagas.overdue(CONTAINER, to_text(self.now() - STUCK_AFTER))

    async def unanswered(self) -> int:
        return await self.sagas.unanswered(CONTAINER, ATTENTION_AFTER_ATTEMPTS)
