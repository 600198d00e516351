"""Keeps one tally: folds an order into its line and adds what that changes to the buckets it is counted in, once.

An order may be counted in several buckets, so there is no one row to bear a stale mark: a key is parked by its lane's
head alone (docs/lanes.md, rule 7), and the ledger's mark drops what was counted before.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from shared.kernel import Conflict, Key, Poison, Tally, Transient, Unknown, Unreadable, by_stream
from shared.pipeline.buckets import Entry
from shared.pipeline.codec import Received
from shared.pipeline.consumers import AGAIN, Engine, Outcome, Released, StillPoison
from shared.pipeline.fold import Stop, fold
from shared.pipeline.lanes import Head
from shared.pipeline.spans import Span


@dataclass(frozen=True)
class Count[E, L]:
    """A consumer of events for one tally."""

    tally: Tally[E, L]

    @property
    def name(self) -> str:
        return f"tally_{self.tally.name}"

    def key(self, event: Received[Any]) -> Key | None:
        return by_stream(event)

    async def handle(self, span: Span[E], engine: Engine) -> Outcome:
        if not any(self._concerns(event) for event in span.events):
            return "skipped"
        for _ in range(AGAIN):
            try:
                return await self._once(span, engine)
            except (Conflict, Unknown):
                continue
        raise Transient(f"{self.name}: the lane of {span.key.id} changed {AGAIN} times under our hands")

    async def suspect(self, span: Span[E], poison: Poison, engine: Engine) -> Outcome:
        return await self._park(span, Stop(span.first, poison), engine)

    async def release(self, key: Key, engine: Engine) -> Released | StillPoison:
        for _ in range(AGAIN):
            try:
                return await self._released(key, engine)
            except (Conflict, Unknown):
                continue
        raise Transient(f"{self.name}: the lane of {key.id} changed {AGAIN} times under our hands")

    async def _once(self, span: Span[E], engine: Engine) -> Outcome:
        if head := await engine.lanes.head(self.name, span.key):
            await engine.lanes.hold(head, span.last)
            return "held"
        events, is_new = span.events, _is_whole(span)
        if not is_new:
            try:
                events = await self._history(span.stream, engine)
            except Poison as poison:
                return await self._park(span, Stop(span.first, poison), engine)
        stop = await self._counted(span.stream, events, engine, is_new=is_new)
        return await self._park(span, stop, engine) if stop else "applied"

    async def _counted(
        self, stream: str, events: tuple[Received[E], ...], engine: Engine, *, is_new: bool = False
    ) -> Stop | None:
        """Add what the stream amounts to as far as it can be folded, and say where that ended."""
        folded = fold(self.tally, None, 0, events)
        if folded.value is not None:
            buckets = engine.ledgers.of(self.tally.container)
            adding = [
                buckets.add(self.tally.partition(bucket, stream), Entry(stream, folded.mark, amounts, is_new))
                for bucket, amounts in self.tally.amounts(folded.value).items()
            ]
            # Each to its end: what was added is added, and the first trouble of the others decides.
            for trouble in await asyncio.gather(*adding, return_exceptions=True):
                if trouble is not None:
                    raise trouble
        return folded.stop

    async def _park(self, span: Span[E], stop: Stop, engine: Engine) -> Outcome:
        engine.brake.meet(self.name, stop.poison.reason, span.key)
        await engine.lanes.park(
            self.name, span.key, stream=span.stream, first=stop.at, last=max(span.last, stop.at), poison=stop.poison
        )
        return "parked"

    async def _released(self, key: Key, engine: Engine) -> Released | StillPoison:
        head = await engine.lanes.head(self.name, key)
        if head is None:
            return "nothing to release"
        try:
            events = await self._whole(head, engine)
        except Poison as poison:
            return StillPoison(head.first, poison.reason, str(poison))
        if stop := await self._counted(head.stream, events, engine):
            return StillPoison(stop.at, stop.poison.reason, str(stop.poison))
        await engine.lanes.end(head)
        return "released"

    async def _whole(self, head: Head, engine: Engine) -> tuple[Received[E], ...]:
        events = await self._history(head.stream, engine)
        if not events or events[-1].sequence < head.last:
            raise Conflict(f"{head.stream}: the stream was read short of what waits")
        return events

    async def _history(self, stream: str, engine: Engine) -> tuple[Received[E], ...]:
        return tuple(engine.codec.decode(item) for item in await engine.events.read(stream))

    def _concerns(self, event: Received[E]) -> bool:
        """What cannot be read may concern anybody."""
        return isinstance(event.body, (*self.tally.counted, Unreadable))


def _is_whole(span: Span[Any]) -> bool:
    """Whether the span is its stream from the beginning on; then nothing has to be read to fold it."""
    return span.first == 1 and span.last == len(span.events)
