"""Hands each event on, in the order of its stream, without keeping a row: at least once, told apart by its id.

docs/lanes.md, rule 7. Without a mark there is nothing to drop a redelivery by, so whoever receives dedupes.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from shared.kernel import Conflict, Key, Poison, Recorded, Transient, Unknown, by_stream
from shared.pipeline.codec import Received, readable
from shared.pipeline.consumers import AGAIN, Engine, Outcome, Released, StillPoison
from shared.pipeline.fold import Stop
from shared.pipeline.lanes import Head
from shared.pipeline.spans import Span


class Outlet(Protocol):
    """Where events go. One call at a time per stream; calls for other streams may run beside it."""

    async def send(self, event: Recorded[Any]) -> None:
        """Returns once the event is safe there. Raises Poison when it can never be, Transient when not now."""
        ...


@dataclass(frozen=True, slots=True)
class Forward:
    """A consumer that passes a stream's events to an outlet."""

    name: str
    outlet: Outlet

    def key(self, event: Received[Any]) -> Key | None:
        return by_stream(event)

    async def handle(self, span: Span[Any], engine: Engine) -> Outcome:
        for _ in range(AGAIN):
            try:
                return await self._once(span, engine)
            except (Conflict, Unknown):
                continue
        raise Transient(f"{self.name}: the lane of {span.key.id} changed {AGAIN} times under our hands")

    async def suspect(self, span: Span[Any], poison: Poison, engine: Engine) -> Outcome:
        return await self._park(span, Stop(span.first, poison), engine)

    async def release(self, key: Key, engine: Engine) -> Released | StillPoison:
        for _ in range(AGAIN):
            try:
                return await self._released(key, engine)
            except (Conflict, Unknown):
                continue
        raise Transient(f"{self.name}: the lane of {key.id} changed {AGAIN} times under our hands")

    async def _once(self, span: Span[Any], engine: Engine) -> Outcome:
        if head := await engine.lanes.head(self.name, span.key):
            await engine.lanes.hold(head, span.last)
            return "held"
        if stop := await self._sent(span.events):
            return await self._park(span, stop, engine)
        return "applied"

    async def _park(self, span: Span[Any], stop: Stop, engine: Engine) -> Outcome:
        engine.brake.meet(self.name, stop.poison.reason, span.key)
        await engine.lanes.park(
            self.name, span.key, stream=span.stream, first=stop.at, last=max(span.last, stop.at), poison=stop.poison
        )
        return "parked"

    async def _sent(self, events: tuple[Received[Any], ...]) -> Stop | None:
        for event in events:
            try:
                await self.outlet.send(readable(event))
            except Poison as poison:
                return Stop(event.sequence, poison)
        return None

    async def _released(self, key: Key, engine: Engine) -> Released | StillPoison:
        head = await engine.lanes.head(self.name, key)
        if head is None:
            return "nothing to release"
        if stop := await self._sent(await self._waiting(head, engine)):
            return StillPoison(stop.at, stop.poison.reason, str(stop.poison))
        await engine.lanes.end(head)
        return "released"

    async def _waiting(self, head: Head, engine: Engine) -> tuple[Received[Any], ...]:
        events = tuple(engine.codec.decode(item) for item in await engine.events.read(head.stream))
        if not events or events[-1].sequence < head.last:
            raise Conflict(f"{head.stream}: the stream was read short of what waits")
        return tuple(event for event in events if event.sequence >= head.first)
