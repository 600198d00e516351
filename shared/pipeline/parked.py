"""What an operator can do with parked keys: list them, look at one, release it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.kernel import Conflict, Key, Misconfigured, Poison
from shared.pipeline.claims import CLAIM
from shared.pipeline.codec import Received
from shared.pipeline.consumers import Consumer, Engine, Outcome, StillPoison
from shared.pipeline.lanes import CONTAINER, HEAD
from shared.pipeline.spans import Span
from shared.ports import Item, LaneCatalogue, Stored

# What a person gave up: it stays as it was, and nobody is asked about it again.
DROPPED: Final = "DroppedPoison"


class NoSuchLane(Misconfigured):
    """Nothing is parked under this name (any more)."""


@dataclass(frozen=True, slots=True)
class ParkedKeys:
    """`consumers` by name: whoever parked a key is who knows how to release it."""

    engine: Engine
    consumers: Mapping[str, Consumer]
    catalogue: LaneCatalogue

    async def all(self) -> list[dict[str, object]]:
        """Oldest first, without content."""
        return [_summary(item) for item in await self.catalogue.parked()]

    async def show(self, lane: str) -> dict[str, object]:
        """Raises NoSuchLane, and Misconfigured when nobody of that name reads the feed any more."""
        item = (await self.found(lane)).item
        if item["type"] == "RawPoison":
            return _summary(item)
        return _summary(item) | {"waiting": await self.consumer(item).waiting(item, self.engine)}

    async def summary(self, lane: str) -> dict[str, object]:
        """Without what waits. Raises NoSuchLane when nothing is parked there, and nobody has died just after."""
        found = await self.engine.rows.read(CONTAINER, Key(lane, HEAD))
        if found is None and (claim := await self.engine.rows.read(CONTAINER, Key(lane, CLAIM))):
            before = claim.item["before"]
            return dict(before) if isinstance(before, Mapping) else {}
        return _summary((await self.found(lane)).item)

    async def release(self, lane: str) -> dict[str, object]:
        """Raises NoSuchLane, and Misconfigured when nobody of that name reads the feed any more."""
        found = await self.found(lane)
        consumer = self.consumer(found.item)
        if found.item["type"] == "RawPoison":
            return await self._release_raw(lane, found, consumer)
        key = Key(str(found.item["partition"]), str(found.item["row"]))
        match await consumer.release(key, self.engine):
            case StillPoison(at=at, reason=reason, detail=detail):
                return {"lane": lane, "outcome": "still poison", "at": at, "reason": reason, "detail": detail}
            case outcome:
                return {"lane": lane, "outcome": outcome}

    async def _release_raw(self, lane: str, found: Stored, consumer: Consumer) -> dict[str, object]:
        """Read it again; if that works by now it goes the way of every event, and only then the record goes."""
        item = found.item["item"]
        if not isinstance(item, Mapping):
            raise Misconfigured(f"{lane} was parked without its item; mend it by hand")
        try:
            event = consumer.decode(item, self.engine.codec)
        except Poison as poison:
            return {"lane": lane, "outcome": "still poison", "reason": poison.reason, "detail": str(poison)}
        came_of_it, *_ = [await self._handled(each, event) for each in await consumer.generations(self.engine)]
        if came_of_it != "applied":
            # Later events of its order went ahead, or wait themselves: this one is not in, so its record stays.
            return {"lane": lane, "outcome": "still poison", "reason": "unreadable_envelope", "detail": came_of_it}
        try:
            await self.engine.rows.delete(CONTAINER, Key(lane, HEAD), etag=found.etag)
        except Conflict as changed:
            raise NoSuchLane(f"{lane} changed meanwhile; look again") from changed
        return {"lane": lane, "outcome": "released"}

    async def _handled(self, consumer: Consumer, event: Received[Any]) -> Outcome:
        key = consumer.key(event)
        return await consumer.handle(Span(key, (event,)), self.engine) if key else "skipped"

    async def found(self, lane: str) -> Stored:
        stored = await self.engine.rows.read(CONTAINER, Key(lane, HEAD))
        if stored is None or stored.item["type"] == DROPPED:
            raise NoSuchLane(f"nothing is parked as {lane}")
        return stored

    def consumer(self, item: Item) -> Consumer:
        name = str(item["consumer"])
        if name not in self.consumers:
            raise Misconfigured(f"no consumer is called {name}; known are {', '.join(self.consumers)}")
        return self.consumers[name]


def _summary(item: Item) -> dict[str, object]:
    shown = ("lane", "consumer", "stream", "first", "last", "state", "reason", "detail", "since")
    return {name: item[name] for name in shown if name in item}
