"""Keeps one tally: folds an order into its line and adds what that changes to the buckets it is counted in, once.

An order may be counted in several buckets, so there is no one row to bear a stale mark, and the ledger's mark drops
what was counted before.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from shared.kernel import Poison, Tally, Unreadable
from shared.pipeline.buckets import Entry
from shared.pipeline.codec import Received
from shared.pipeline.consumers import Engine
from shared.pipeline.fold import Stop, fold
from shared.pipeline.lanes import Head
from shared.pipeline.rowless import Rowless, history, whole
from shared.pipeline.spans import Span


@dataclass(frozen=True)
class Count[E, L](Rowless):
    """A consumer of events for one tally."""

    tally: Tally[E, L]

    @property
    def name(self) -> str:
        return f"tally_{self.tally.name}"

    def concerns(self, span: Span[E]) -> bool:
        """What cannot be read may concern anybody."""
        return any(isinstance(event.body, (*self.tally.counted, Unreadable)) for event in span.events)

    async def apply(self, span: Span[E], engine: Engine) -> Stop | None:
        events, is_new = span.events, _is_whole(span)
        if not is_new:
            try:
                events = await history(span.stream, engine)
            except Poison as poison:
                return Stop(span.first, poison)
        return await self._counted(span.stream, events, engine, is_new=is_new)

    async def apply_waiting(self, head: Head, engine: Engine) -> Stop | None:
        try:
            events = await whole(head, engine)
        except Poison as poison:
            return Stop(head.first, poison)
        return await self._counted(head.stream, events, engine)

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


def _is_whole(span: Span[Any]) -> bool:
    """Whether the span is its stream from the beginning on; then nothing has to be read to fold it."""
    return span.first == 1 and span.last == len(span.events)
