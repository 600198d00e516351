"""Hands each event on, in the order of its stream, without keeping a row: at least once, told apart by its id.

Without a mark there is nothing to drop a redelivery by, so whoever receives dedupes.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel import Poison, Recorded, Transient
from shared.pipeline.codec import Received, is_event, readable
from shared.pipeline.consumers import Engine
from shared.pipeline.fold import Stop, pure
from shared.pipeline.lanes import Head
from shared.pipeline.rowless import Rowless, whole
from shared.pipeline.spans import Span
from shared.ports import Item


@dataclass(frozen=True, slots=True)
class OneByOne:
    """An outlet for one event at a time: `hand_on` returns once it is safe there, raises Poison if it never can be.

    What else it raises is for later if it comes from outside (OSError, TimeoutError), and else a bug that would come
    again: the event is parked, as one that a handler cannot take.
    """

    hand_on: Callable[[Recorded[Any]], Awaitable[None]]

    async def send(self, events: Sequence[Recorded[Any]]) -> Stop | None:
        for event in events:
            try:
                await self._handed_on(event)
            except Poison as poison:
                return Stop(event.sequence, poison)
        return None

    async def _handed_on(self, event: Recorded[Any]) -> None:
        with pure("handing an event on"):
            try:
                await self.hand_on(event)
            except OSError as away:
                raise Transient(f"an event could not be handed on: {type(away).__name__}") from away


@dataclass(frozen=True)
class Forward(Rowless):
    """A consumer that passes a stream's events to the engine's outlet of its name: all, or `only` those types."""

    consumer: str
    only: tuple[str, ...] = ()

    # Nothing of ours runs on an event here, but the far side may be away for long: a process that ends meanwhile has
    # not ended of the event it was waiting with.
    is_watched = False
    may_leave_out = True

    @property
    def name(self) -> str:
        return self.consumer

    def picks(self, item: Item) -> bool:
        return is_event(item) and (not self.only or item.get("type") in self.only)

    async def apply(self, span: Span[Any], engine: Engine) -> Stop | None:
        return await self._sent(span.events, engine)

    async def apply_waiting(self, head: Head, engine: Engine) -> Stop | None:
        events = await whole(head, engine)
        waiting = (event for event in events if event.sequence >= head.first and event.sequence not in head.left_out)
        return await self._sent(tuple(waiting), engine)

    async def _sent(self, events: Sequence[Received[Any]], engine: Engine) -> Stop | None:
        known, unknown = _readable(events)
        stop = await engine.outlets[self.name].send(known) if known else None
        return stop or unknown


def _readable(events: Sequence[Received[Any]]) -> tuple[list[Recorded[Any]], Stop | None]:
    """Those before the first that cannot be read, and where that is."""
    known: list[Recorded[Any]] = []
    for event in events:
        try:
            known.append(readable(event))
        except Poison as poison:
            return known, Stop(event.sequence, poison)
    return known, None
