"""Hands each event on, in the order of its stream, without keeping a row: at least once, told apart by its id.

Without a mark there is nothing to drop a redelivery by, so whoever receives dedupes.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from shared.kernel import Poison, Recorded
from shared.pipeline.codec import Received, readable
from shared.pipeline.consumers import Engine
from shared.pipeline.fold import Stop
from shared.pipeline.lanes import Head
from shared.pipeline.rowless import Rowless, whole
from shared.pipeline.spans import Span


class Outlet(Protocol):
    """Where events go. One call at a time per stream; calls for other streams may run beside it.

    `name` is the consumer's.
    """

    @property
    def name(self) -> str: ...

    async def send(self, event: Recorded[Any]) -> None:
        """Returns once the event is safe there. Raises Poison when it can never be, Transient when not now."""
        ...


@dataclass(frozen=True)
class Forward(Rowless):
    """A consumer that passes a stream's events to an outlet."""

    outlet: Outlet

    @property
    def name(self) -> str:
        return self.outlet.name

    async def apply(self, span: Span[Any], engine: Engine) -> Stop | None:  # noqa: ARG002 - an outlet needs no engine
        return await self._sent(span.events)

    async def apply_waiting(self, head: Head, engine: Engine) -> Stop | None:
        events = await whole(head, engine)
        return await self._sent(tuple(event for event in events if event.sequence >= head.first))

    async def _sent(self, events: tuple[Received[Any], ...]) -> Stop | None:
        for event in events:
            try:
                await self.outlet.send(readable(event))
            except Poison as poison:
                return Stop(event.sequence, poison)
        return None
