"""One batch of the feed: it returns only when every change in it is applied or durably parked; otherwise it raises.

Raising makes the host deliver the same batch again, for ever. That is safe because whatever was applied is dropped by
its mark; it is no trap because what will never pass is parked, and what takes the process down is found (suspects).
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from shared.kernel import Failure, Poison, Transient
from shared.pipeline.batch import changes
from shared.pipeline.codec import Received, is_event
from shared.pipeline.consumers import Consumer, Engine, Outcome
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

    async def run(self, consumer: Consumer, text: str, *, attempt: int = 1) -> None:
        """Apply a batch, given as the trigger's JSON text. Raises Transient when any key has to wait.

        Keys run side by side and never wait for each other's trouble: whatever can be applied is applied first.
        """
        items = [item for item in changes(text) if is_event(item)]
        try:
            async with asyncio.timeout(self.max_seconds):
                spans = split(await self._decode(consumer, items), consumer.key)
                async with self.suspects.watching(consumer.name, items, attempt=attempt) as careful:
                    waiting = await (self._key_by_key(consumer, spans) if careful else self._at_once(consumer, spans))
        except TimeoutError as late:
            raise Transient(f"{consumer.name}: the batch took over {self.max_seconds} s") from late
        if waiting:
            raise Transient(f"{consumer.name}: {len(waiting)} of {len(spans)} keys wait") from waiting[0]

    async def _decode(self, consumer: Consumer, items: list[Item]) -> list[Received[object]]:
        received: list[Received[object]] = []
        for item in items:
            try:
                received.append(self.engine.codec.decode(item))
            except Poison as poison:
                await self.engine.lanes.park_raw(consumer.name, item, poison)
                log.warning("%s parked an item whose envelope cannot be read: %s", consumer.name, poison)
        return received

    async def _at_once(self, consumer: Consumer, spans: tuple[Span[object], ...]) -> list[Exception]:
        room = asyncio.Semaphore(CONCURRENT_KEYS)

        async def within(span: Span[object]) -> Exception | None:
            async with room:
                return await self._handled(consumer, span)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(within(span)) for span in spans]
        return [trouble for task in tasks if (trouble := task.result())]

    async def _key_by_key(self, consumer: Consumer, spans: tuple[Span[object], ...]) -> list[Exception]:
        waiting: list[Exception] = []
        for span in spans:
            if await self.suspects.is_guilty(consumer.name, span.key):
                poison = Poison("suspect", "handling this key has ended the process, or never ended")
                outcome = await consumer.suspect(span, poison, self.engine)
                _tell(consumer, span, outcome)
            elif trouble := await self._handled(consumer, span):
                waiting.append(trouble)
            await self.suspects.survived(consumer.name, span.key)
        return waiting

    async def _handled(self, consumer: Consumer, span: Span[object]) -> Exception | None:
        """What keeps the span waiting; None when it is done with."""
        self.engine.brake.see(consumer.name, span.key)
        try:
            _tell(consumer, span, await consumer.handle(span, self.engine))
        except Failure as failure:
            _tell(consumer, span, "waiting", failure)
            return failure
        except Exception as bug:  # noqa: BLE001 - a fault of the engine itself must not stop the other keys
            _tell(consumer, span, "waiting", bug)
            return bug
        return None


def _tell(consumer: Consumer, span: Span[object], outcome: Outcome | str, trouble: Exception | None = None) -> None:
    level = logging.DEBUG if outcome in {"applied", "skipped"} else logging.WARNING
    why = f": {trouble!s}" if isinstance(trouble, Failure) else f": {type(trouble).__name__}" if trouble else ""
    log.log(level, "%s %s key=%s events=%d-%d%s", consumer.name, outcome, span.key.id, span.first, span.last, why)
