"""One batch of the feed: it returns only when every change in it is applied or durably parked; otherwise it raises.

Raising makes the host deliver the same batch again, for ever. That is safe because whatever was applied is dropped by
its mark; it is no trap because what will never pass is parked, and what takes the process down is found (suspects).
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from shared.kernel import Failure, Key, Poison, Transient
from shared.pipeline.batch import changes
from shared.pipeline.codec import Received
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
        """Apply a batch of a change feed, given as the trigger's JSON text. Raises as `take` does."""
        await self.take(consumer, changes(text), attempt=attempt)

    async def take(self, consumer: Consumer, batch: Sequence[Item], *, attempt: int = 1) -> None:
        """Apply a batch. Raises Transient when any key has to wait.

        Keys run side by side and never wait for each other's trouble: whatever can be applied is applied first.
        """
        items = [item for item in batch if consumer.picks(item)]
        try:
            async with asyncio.timeout(self.max_seconds):
                received, waiting = await self._decode(consumer, items)
                spans = split(received, consumer.key)
                async with self._watching(consumer, items, attempt=attempt) as careful:
                    waiting += await (self._key_by_key(consumer, spans) if careful else self._at_once(consumer, spans))
        except TimeoutError as late:
            raise Transient(f"{consumer.name}: the batch took over {self.max_seconds} s") from late
        if waiting:
            raise Transient(f"{consumer.name}: {len(waiting)} of {len(items)} events or keys wait") from waiting[0]

    def _watching(
        self, consumer: Consumer, items: list[Item], *, attempt: int
    ) -> AbstractAsyncContextManager[bool | None]:
        """Yields whether the batch has to go key by key."""
        if consumer.is_watched:
            return self.suspects.watching(consumer.name, items, attempt=attempt)
        return nullcontext()

    async def _decode(self, consumer: Consumer, items: list[Item]) -> tuple[list[Received[object]], list[Exception]]:
        """What can be given a key; the rest is parked under the store's own name for it."""
        received: list[Received[object]] = []
        waiting: list[Exception] = []
        for item in items:
            try:
                received.append(_with_key(consumer, consumer.decode(item, self.engine.codec)))
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
            guilty = await self.suspects.is_guilty(consumer.name, span.key)
            with self.suspects.timing(consumer.name, span.key):
                trouble = await self._handled(consumer, span, guilty=guilty)
            if trouble:
                waiting.append(trouble)
            await self.suspects.survived(consumer.name, span.key)
        return waiting

    async def _handled(self, consumer: Consumer, span: Span[object], *, guilty: bool = False) -> Exception | None:
        """What keeps the span waiting; None when it is done with."""
        self.engine.brake.see(consumer.name, span.key)
        try:
            if guilty:
                poison = Poison("suspect", "handling this key has ended the process, or never ended")
                _tell(consumer, span, await consumer.suspect(span, poison, self.engine))
            else:
                _tell(consumer, span, await consumer.handle(span, self.engine))
        except Failure as failure:
            _tell(consumer, span, "waiting", failure)
            return failure
        except Exception as bug:  # noqa: BLE001 - a fault of the engine itself must not stop the other keys
            _tell(consumer, span, "waiting", bug)
            return bug
        return None


def _with_key(consumer: Consumer, event: Received[object]) -> Received[object]:
    """The event, if the consumer can say where it belongs. Raises Poison: it would never be able to."""
    try:
        consumer.key(event)
    except Exception as bug:
        raise Poison("handler_failed", f"{consumer.name} has no key for it: {type(bug).__name__}") from bug
    return event


def _tell(consumer: Consumer, span: Span[object], outcome: Outcome | str, trouble: Exception | None = None) -> None:
    level = logging.DEBUG if outcome in {"applied", "skipped"} else logging.WARNING
    if not log.isEnabledFor(level):
        return
    why = f": {trouble!s}" if isinstance(trouble, Failure) else f": {type(trouble).__name__}" if trouble else ""
    log.log(level, "%s %s key=%s events=%d-%d%s", consumer.name, outcome, span.key.id, span.first, span.last, why)
