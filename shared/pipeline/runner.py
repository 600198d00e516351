"""One batch of the feed: it returns only when every change in it is applied or durably parked; otherwise it raises.

Raising makes the host deliver the same batch again, for ever. That is safe because whatever was applied is dropped by
its mark; it is no trap because what will never pass is parked, and what takes the process down is found (suspects).
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from time import monotonic, time_ns
from typing import Final

from shared.kernel import Failure, Key, Poison, Transient
from shared.pipeline.batch import changes
from shared.pipeline.codec import Received
from shared.pipeline.consumers import Consumer, Engine
from shared.pipeline.hot_keys import HotKeys
from shared.pipeline.report import Report
from shared.pipeline.spans import Span, split
from shared.pipeline.suspects import Suspects
from shared.ports import Item

log = logging.getLogger("orderflow.pipeline")

# How many calls reach the store at once is the room's to say; this bounds the tasks.
CONCURRENT_KEYS: Final = 128


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Runs consumers over batches. `max_seconds` stays well below the host's functionTimeout."""

    engine: Engine
    suspects: Suspects
    max_seconds: float
    hot_keys: HotKeys = field(default_factory=lambda: HotKeys(monotonic))

    async def run(self, consumer: Consumer, text: str, *, attempt: int = 1) -> None:
        """Apply a batch of a change feed, given as the trigger's JSON text. Raises as `take` does."""
        await self.take(consumer, changes(text), attempt=attempt)

    async def take(self, consumer: Consumer, batch: Sequence[Item], *, attempt: int = 1) -> None:
        """Apply a batch. Raises Transient when any key has to wait.

        Keys run side by side and never wait for each other's trouble: whatever can be applied is applied first.
        """
        items = [item for item in batch if consumer.picks(item)]
        report = Report(self.engine.observer, consumer.name, attempt, self.engine.lanes.now, self.hot_keys)
        with report.of_batch(len(items)):
            try:
                async with asyncio.timeout(self.max_seconds):
                    waiting = await self._handle(consumer, items, report)
            except TimeoutError as late:
                raise Transient(f"{consumer.name}: the batch took over {self.max_seconds} s") from late
            if waiting:
                raise Transient(f"{consumer.name}: {len(waiting)} of {len(items)} events or keys wait") from waiting[0]

    async def _handle(self, consumer: Consumer, items: list[Item], report: Report) -> list[Exception]:
        """What has to wait."""
        # Only now that the batch is here: whoever lists a generation counts on every batch that comes later.
        generations = await consumer.generations(self.engine)
        received, waiting = await self._decode(consumer, generations[0], items)
        report.meet(received)
        parts = [(each, split(received, partial(_key, each))) for each in generations]
        async with self._watching(consumer, items, attempt=report.attempt) as careful:
            way = self._key_by_key if careful else self._at_once
            for each, spans in parts:
                waiting += await way(each, spans, report)
        return waiting

    def _watching(
        self, consumer: Consumer, items: list[Item], *, attempt: int
    ) -> AbstractAsyncContextManager[bool | None]:
        """Yields whether the batch has to go key by key."""
        if consumer.is_watched:
            return self.suspects.watching(consumer.name, items, attempt=attempt)
        return nullcontext()

    async def _decode(
        self, consumer: Consumer, live: Consumer, items: list[Item]
    ) -> tuple[list[Received[object]], list[Exception]]:
        """What can be given a key; the rest is parked under the store's own name for it."""
        received: list[Received[object]] = []
        waiting: list[Exception] = []
        for item in items:
            try:
                received.append(_with_key(live, consumer.decode(item, self.engine.codec)))
            except Poison as poison:
                if trouble := await self._parked_raw(consumer, item, poison):
                    waiting.append(trouble)
        return received, waiting

    async def _parked_raw(self, consumer: Consumer, item: Item, poison: Poison) -> Failure | None:
        name = Key(str(item.get("id")), str(item.get("_rid")))
        try:
            self.engine.brake.see(consumer.name, name)
            self.engine.brake.meet(consumer.name, poison.reason, name)
            await self.engine.lanes.park_raw(consumer.name, item, poison)
        except Failure as failure:
            return failure
        log.warning("%s parked an item whose key cannot be read: %s", consumer.name, poison)
        return None

    async def _at_once(self, consumer: Consumer, spans: tuple[Span[object], ...], report: Report) -> list[Exception]:
        left = await self._left(consumer, spans, report)
        room = asyncio.Semaphore(CONCURRENT_KEYS)

        async def within(span: Span[object]) -> Exception | None:
            async with room:
                return await self._handled(consumer, span, report)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(within(span)) for span in left]
        return [trouble for task in tasks if (trouble := task.result())]

    async def _left(self, consumer: Consumer, spans: tuple[Span[object], ...], report: Report) -> list[Span[object]]:
        """What could not be handled together with others."""
        began = time_ns()
        try:
            outcomes = await consumer.handle_all(spans, self.engine)
        except Exception:  # noqa: BLE001 - each by itself then says which key it is
            return list(spans)
        done = [(span, outcome) for span, outcome in zip(spans, outcomes, strict=True) if outcome]
        for span, _ in done:
            self.engine.brake.see(consumer.name, span.key)
        report.handled(done, since=began)
        return [span for span, outcome in zip(spans, outcomes, strict=True) if not outcome]

    async def _key_by_key(self, consumer: Consumer, spans: tuple[Span[object], ...], report: Report) -> list[Exception]:
        waiting: list[Exception] = []
        for span in spans:
            guilty = await self.suspects.is_guilty(consumer.name, span.key)
            with self.suspects.timing(consumer.name, span.key):
                trouble = await self._handled(consumer, span, report, guilty=guilty)
            if trouble:
                waiting.append(trouble)
            await self.suspects.survived(consumer.name, span.key)
        return waiting

    async def _handled(
        self, consumer: Consumer, span: Span[object], report: Report, *, guilty: bool = False
    ) -> Exception | None:
        """What keeps the span waiting; None when it is done with."""
        self.engine.brake.see(consumer.name, span.key)
        with report.of(span) as told:
            try:
                if guilty:
                    poison = Poison("suspect", "handling this key has ended the process, or never ended")
                    told.outcome = await consumer.suspect(span, poison, self.engine)
                else:
                    told.outcome = await consumer.handle(span, self.engine)
            except Failure as failure:
                told.trouble = failure
            except Exception as bug:  # noqa: BLE001 - a fault of the engine itself must not stop the other keys
                told.trouble = bug
        return told.trouble


def _with_key(consumer: Consumer, event: Received[object]) -> Received[object]:
    """The event, if the consumer can say where it belongs. Raises Poison: it would never be able to."""
    try:
        consumer.key(event)
    except Poison:
        raise
    except Exception as bug:
        raise Poison("handler_failed", f"{consumer.name} has no key for it: {type(bug).__name__}") from bug
    return event


def _key(consumer: Consumer, event: Received[object]) -> Key | None:
    """None when a generation beside the live one cannot say: the comparison names its order, and nobody waits."""
    try:
        return consumer.key(event)
    except Poison:
        return None
