"""Moves on sagas that were left with something to do: the feed of the sagas themselves is the safety net.

There is no mark: the fence is the saga's own etag. What somebody has claimed is his until the claim runs out, and then
a timer finds it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.kernel import Poison, Recorded
from shared.pipeline.codec import EventCodec, Moment, Received, Shape
from shared.pipeline.consumers import Engine
from shared.pipeline.fold import Stop
from shared.pipeline.lanes import Head
from shared.pipeline.rowless import Rowless
from shared.pipeline.saga_item import KIND
from shared.pipeline.spans import Span
from shared.ports import Item


@dataclass(frozen=True, slots=True)
class _Due:
    order_id: str
    due_at: Moment
    traceparent: str = ""


_DUE = Shape(_Due)


@dataclass(frozen=True)
class Dispatch(Rowless):
    """A consumer of stored sagas. `now` tells what is due from what is claimed."""

    saga: str
    now: Callable[[], datetime]

    @property
    def name(self) -> str:
        return "dispatch_effects"

    def picks(self, item: Item) -> bool:
        return item.get("type") == KIND and item.get("id") == self.saga and "dueAt" in item

    def decode(self, item: Item, codec: EventCodec[Any]) -> Received[Any]:  # noqa: ARG002 - no event of an order
        due = _DUE.read(item)
        return Recorded(due, due.order_id, "", 1, due.due_at, traceparent=due.traceparent)

    def concerns(self, span: Span[Any]) -> bool:
        return any(each.at <= self.now() for each in span.events)

    async def apply(self, span: Span[Any], engine: Engine) -> Stop | None:
        return await self._touched(span.stream, engine)

    async def apply_waiting(self, head: Head, engine: Engine) -> Stop | None:
        return await self._touched(head.stream, engine)

    async def _touched(self, stream: str, engine: Engine) -> Stop | None:
        try:
            await engine.sagas[self.saga].touch(stream)
        except Poison as poison:
            return Stop(1, poison)
        return None
