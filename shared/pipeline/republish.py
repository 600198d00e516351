"""Sends once more what was published, from history: in the order of each stream, and saying that it is a replay.

Only what has been published already: an event that still waits to be is left to its own feed, so that nobody can get it
from here before those in front of it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shared.kernel import Poison, Recorded
from shared.pipeline.codec import EventCodec, is_event, readable
from shared.pipeline.consumers import Outlet
from shared.ports import Item, LaneCatalogue, Sweep

# How many events are in memory at once.
AT_ONCE: Final = 500


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
    """`outlet` marks what it sends; `consumer` is the name under which publishing has parked what it could not send."""

    codec: EventCodec[Any]
    sweep: Sweep
    outlet: Outlet
    catalogue: LaneCatalogue
    consumer: str

    async def send(self, container: str, wanted: Wanted) -> Sent:
        """Raises Transient when the hub is away; then it can be asked again from the beginning."""
        parked = await self._parked()
        sent, waiting = Sent(), dict[str, list[Recorded[Any]]]()
        count = 0
        async for item in self.sweep.everything(container):
            event = self._event(item, sent)
            if event is None or event.sequence >= parked.get(event.stream, event.sequence + 1):
                continue
            if wanted.includes(event):
                waiting.setdefault(event.stream, []).append(event)
                count += 1
            if count >= AT_ONCE:
                await self._out(waiting, sent)
                waiting, count = {}, 0
        await self._out(waiting, sent)
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

    async def _out(self, waiting: dict[str, list[Recorded[Any]]], sent: Sent) -> None:
        # Each to its end: what has arrived has arrived, and the first trouble decides.
        sending = [self._stream_out(events, sent) for events in waiting.values()]
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
