"""The outlet that publishes: events are written for others and handed to a hub, those of one order in one parcel."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from shared.kernel import Poison, Recorded
from shared.metrics import DEPENDENCY_SECONDS
from shared.observer import SILENT, Observer
from shared.pipeline.cloud_events import CloudEvents
from shared.pipeline.fold import Stop, pure
from shared.ports import Hub, Taken


@dataclass(frozen=True, slots=True)
class Publish:
    """Keyed by the stream, so that a reader of one partition of the hub meets an order's events in order."""

    events: CloudEvents[Any]
    hub: Hub
    observer: Observer = SILENT

    async def send(self, events: Sequence[Recorded[Any]]) -> Stop | None:
        messages, unwritten = self._written(events)
        if not messages:
            return unwritten
        taken = await self._handed_on(events[0], messages)
        if taken.poison:
            return Stop(events[taken.count].sequence, taken.poison)
        return unwritten

    async def _handed_on(self, first: Recorded[Any], messages: Sequence[bytes]) -> Taken:
        begun, outcome = perf_counter(), "failed"
        try:
            with self.observer.span("publish", within=first.traceparent, outward=True):
                taken = await self.hub.send(first.stream, messages)
            outcome = "refused" if taken.poison else "ok"
        finally:
            seconds = perf_counter() - begun
            self.observer.record(DEPENDENCY_SECONDS, seconds, dependency="hub", operation="publish", outcome=outcome)
        return taken

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
