"""Sends once more what was published, from history: in the order of each stream, and saying that it is a replay.

Only what has been published already: an event that still waits to be is left to its own feed, so that nobody can get it
from here before those in front of it. That is looked at after an event was read, as its time says nothing about when it
was written.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shared.kernel import Poison, Recorded, Transient
from shared.pipeline.codec import EventCodec, is_event, readable
from shared.pipeline.consumers import Outlet
from shared.pipeline.freshness import Freshness
from shared.ports import Item, LaneCatalogue, Sweep

# How many events are in memory at once.
AT_ONCE: Final = 500
# How long what was just written may take to be published.
PUBLISHED_WITHIN: Final = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Events from `start` on and before `end`; of these types, or of all when none is named."""

    start: datetime
    end: datetime
    types: frozenset[str] = frozenset()

    def includes(self, event: Recorded[Any]) -> bool:
        is_of_type = not self.types or type(event.body).__name__ in self.types
        return is_of_type and self.start <= event.at < self.end


@dataclass(slots=True)
class Sent:
    """What has come of it: how many went out, and of which streams the rest stays because an event cannot go."""

    events: int = 0
    streams: set[str] = field(default_factory=set)
    stuck: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Republish:
    """`outlet` marks what it sends; `consumer` is the name under which publishing has parked what it could not send.

    `freshness` tells whether publishing has passed what was written.
    """

    codec: EventCodec[Any]
    sweep: Sweep
    outlet: Outlet
    catalogue: LaneCatalogue
    consumer: str
    freshness: Freshness

    async def send(self, container: str, wanted: Wanted) -> Sent:
        """Raises Transient when the hub is away or publishing behind; then it can be asked again from the beginning."""
        sent, waiting = Sent(), list[Recorded[Any]]()
        async for item in self.sweep.everything(container):
            event = self._event(item, sent)
            if event is not None and wanted.includes(event):
                waiting.append(event)
            if len(waiting) >= AT_ONCE:
                await self._out(container, waiting, sent)
                waiting = []
        await self._out(container, waiting, sent)
        return sent

    def _event(self, item: Item, sent: Sent) -> Recorded[Any] | None:
        """None for what is no event, or of a stream in which one cannot go out."""
        if not is_event(item) or (stream := str(item.get("orderId"))) in sent.stuck:
            return None
        try:
            return readable(self.codec.decode(item))
        except Poison as poison:
            sent.stuck[stream] = f"{item.get('id')}: {poison}"
            return None

    async def _out(self, container: str, waiting: Sequence[Recorded[Any]], sent: Sent) -> None:
        fresh = await self.freshness.wait(self.consumer, container, at_most=PUBLISHED_WITHIN)
        if not fresh.is_fresh:
            raise Transient(f"{self.consumer} is {fresh.lag} behind; wait until it has published what there is")
        parked = await self._parked()
        streams: dict[str, list[Recorded[Any]]] = {}
        for event in waiting:
            if event.sequence < parked.get(event.stream, event.sequence + 1):
                streams.setdefault(event.stream, []).append(event)
        # Each to its end: what has arrived has arrived, and the first trouble decides.
        sending = [self._stream_out(events, sent) for events in streams.values()]
        for trouble in await asyncio.gather(*sending, return_exceptions=True):
            if trouble is not None:
                raise trouble

    async def _stream_out(self, events: Sequence[Recorded[Any]], sent: Sent) -> None:
        stream = events[0].stream
        stop = await self.outlet.send(events)
        if stop:
            sent.stuck[stream] = f"{stop.at}: {stop.poison}"
        gone = sum(stop is None or event.sequence < stop.at for event in events)
        sent.events += gone
        if gone:
            sent.streams.add(stream)

    async def _parked(self) -> dict[str, int]:
        """Where each stream stops that publishing has parked."""
        return {
            str(item["stream"]): int(str(item["first"]))
            for item in await self.catalogue.parked()
            if item.get("consumer") == self.consumer and "first" in item
        }
