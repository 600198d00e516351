"""One batch of the feed: it returns only when every change in it is applied; otherwise it raises and comes again."""

import asyncio
import logging
from dataclasses import dataclass

from shared.kernel import Failure, Poison, Transient
from shared.pipeline.codec import Received, changes, is_event
from shared.pipeline.consumers import Consumer, Engine
from shared.pipeline.spans import Span, split

log = logging.getLogger("orderflow.pipeline")

CONCURRENT_KEYS = 32


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Runs consumers over batches. `max_seconds` stays well below the host's functionTimeout."""

    engine: Engine
    max_seconds: float

    async def run(self, consumer: Consumer, text: str) -> None:
        """Apply a batch, given as the trigger's JSON text. Raises Failure when any key has to wait.

        Keys run side by side and never wait for each other's trouble: whatever can be applied is applied first, and
        what comes again with the batch is dropped by its mark.
        """
        received, troubles = self._decode(text)
        spans = split(received, consumer.key)
        room = asyncio.Semaphore(CONCURRENT_KEYS)
        try:
            async with asyncio.timeout(self.max_seconds), asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._apply(consumer, span, room)) for span in spans]
        except TimeoutError as late:
            raise Transient(f"{consumer.name}: a batch of {len(spans)} keys took over {self.max_seconds} s") from late
        troubles += [trouble for task in tasks if (trouble := task.result())]
        if troubles:
            raise Transient(f"{consumer.name}: {len(troubles)} of {len(spans)} keys wait") from troubles[0]

    def _decode(self, text: str) -> tuple[list[Received[object]], list[Failure]]:
        received: list[Received[object]] = []
        troubles: list[Failure] = []
        for item in changes(text):
            if not is_event(item):
                continue
            try:
                received.append(self.engine.codec.decode(item))
            except Poison as poison:
                troubles.append(poison)
                log.warning("an event without a readable envelope waits: lsn=%s %s", item.get("_lsn"), poison)
        return received, troubles

    async def _apply(self, consumer: Consumer, span: Span[object], room: asyncio.Semaphore) -> Failure | None:
        async with room:
            try:
                outcome = await consumer.handle(span, self.engine)
            except Failure as failure:
                return _waiting(consumer, span, failure)
            except Exception as bug:  # noqa: BLE001 - pure code that raises will raise again: that is poison
                poison = Poison("handler_failed", type(bug).__name__)
                poison.__cause__ = bug
                return _waiting(consumer, span, poison)
        log.debug("%s %s key=%s events=%d-%d", consumer.name, outcome, span.stream, span.first, span.last)
        return None


def _waiting(consumer: Consumer, span: Span[object], failure: Failure) -> Failure:
    log.warning("%s waiting key=%s events=%d-%d: %s", consumer.name, span.stream, span.first, span.last, failure)
    return failure
