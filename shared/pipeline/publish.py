"""The outlet that publishes: events are written for others and handed to a hub, those of one order in one parcel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel import Poison, Recorded
from shared.pipeline.cloud_events import CloudEvents
from shared.pipeline.fold import Stop, pure
from shared.ports import Hub


@dataclass(frozen=True, slots=True)
class Publish:
    """Keyed by the stream, so that a reader of one partition of the hub meets an order's events in order."""

    events: CloudEvents[Any]
    hub: Hub

    async def send(self, events: Sequence[Recorded[Any]]) -> Stop | None:
        messages, unwritten = self._written(events)
        if not messages:
            return unwritten
        taken = await self.hub.send(events[0].stream, messages)
        if taken.poison:
            return Stop(events[taken.count].sequence, taken.poison)
        return unwritten

    def _written(self, events: Sequence[Recorded[Any]]) -> tuple[list[bytes], Stop | None]:
        """Those before the first that cannot be written, and where that is."""
        messages: list[bytes] = []
        for event in events:
            try:
                with pure("writing an event for others"):
                    messages.append(self.events.encode(event))
            except Poison as poison:
                return messages, Stop(event.sequence, poison)
        return messages, None
