"""Parks the keys of consumers that keep no row of their own: a lane's head alone says so (docs/lanes.md, rule 7)."""

from abc import ABC, abstractmethod
from typing import Any

from shared.kernel import Conflict, Key, Poison, Transient, Unknown, by_stream
from shared.pipeline.codec import Received
from shared.pipeline.consumers import AGAIN, Engine, OfEvents, Outcome, Released, StillPoison
from shared.pipeline.fold import Stop
from shared.pipeline.lanes import Head
from shared.pipeline.spans import Span


class Rowless(OfEvents, ABC):
    """What such a consumer says itself; the rest follows. Whatever it does is done once, however often it is asked."""

    @property
    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    async def apply(self, span: Span[Any], engine: Engine) -> Stop | None:
        """Apply the span, and say where that ended if it did. Raises Conflict and Unknown to be asked again."""

    @abstractmethod
    async def apply_waiting(self, head: Head, engine: Engine) -> Stop | None:
        """Apply what waits behind the head."""

    def concerns(self, span: Span[Any]) -> bool:
        """Whether the span can change anything here."""
        return bool(span.events)

    def key(self, event: Received[Any]) -> Key | None:
        return by_stream(event)

    async def handle(self, span: Span[Any], engine: Engine) -> Outcome:
        if not self.concerns(span):
            return "skipped"
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
        if stop := await self.apply(span, engine):
            return await self._park(span, stop, engine)
        return "applied"

    async def _park(self, span: Span[Any], stop: Stop, engine: Engine) -> Outcome:
        engine.brake.meet(self.name, stop.poison.reason, span.key)
        await engine.lanes.park(
            self.name, span.key, stream=span.stream, first=stop.at, last=max(span.last, stop.at), poison=stop.poison
        )
        return "parked"

    async def _released(self, key: Key, engine: Engine) -> Released | StillPoison:
        head = await engine.lanes.head(self.name, key)
        if head is None:
            return "nothing to release"
        if stop := await self.apply_waiting(head, engine):
            return StillPoison(stop.at, stop.poison.reason, str(stop.poison))
        await engine.lanes.end(head)
        return "released"


async def whole(head: Head, engine: Engine) -> tuple[Received[Any], ...]:
    """The stream of a head, read at least as far as what waits. Raises Conflict when it was not, and Poison."""
    events = await history(head.stream, engine)
    if not events or events[-1].sequence < head.last:
        raise Conflict(f"{head.stream}: the stream was read short of what waits")
    return events


async def history(stream: str, engine: Engine) -> tuple[Received[Any], ...]:
    """Raises Poison when an event's identity cannot be read."""
    return tuple(engine.codec.decode(item) for item in await engine.events.read(stream))
