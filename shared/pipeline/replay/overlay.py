"""A store over another one: reads go through, writes stay in memory. What would change is seen, and nothing does."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from shared.capacity import charges
from shared.kernel import Conflict, Key
from shared.ports import BucketStore, EventStore, Item, Partitions, RowStore, Stored, Write

# A guess that is near for every container: what a policy indexes beside the id and the key.
INDEXED = 1


@dataclass(frozen=True, slots=True)
class Stores:
    """The ports through which everything is written that belongs to a replay."""

    events: EventStore
    rows: RowStore
    buckets: BucketStore
    partitions: Partitions


type Place = tuple[str, Key]


@dataclass(slots=True)
class Layer:
    """What was written over the stores below. None stands for what is not there, or not any more.

    `charge` is an estimate of what the writes would cost, in request units; reads are charged where they are made.
    """

    below: RowStore
    before: dict[Place, Item | None] = field(default_factory=dict)
    written: dict[Place, Stored | None] = field(default_factory=dict)
    charge: float = 0.0
    _writes: int = 0
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, container: str, key: Key) -> Stored | None:
        place = container, key
        if place in self.written:
            return self.written[place]
        return await self.below.read(container, key)

    async def write(self, container: str, writes: Sequence[tuple[Key, Item | None, str | None]]) -> list[str]:
        """All or none: an item or its end, each if its etag is still that one. Raises Conflict."""
        async with self._one_at_a_time:
            found = [await self.read(container, key) for key, _, _ in writes]
            for (key, _, etag), stored in zip(writes, found, strict=True):
                if (stored.etag if stored else None) != etag:
                    raise Conflict(f"{container} {key.id}: somebody wrote first")
            pairs = zip(writes, found, strict=True)
            return [self._put((container, key), item, stored) for (key, item, _), stored in pairs]

    def _put(self, place: Place, item: Item | None, stored: Stored | None) -> str:
        self.before.setdefault(place, stored.item if stored else None)
        self._writes += 1
        etag = f"overlay-{self._writes}"
        # As the store has it: in JSON, and nobody's to change.
        text = orjson.dumps(item if item is not None else self.before[place])
        self.written[place] = Stored(orjson.loads(text), etag) if item is not None else None
        cost = charges.create if stored is None else charges.replace
        self.charge += cost(len(text) / 1024, INDEXED)
        return etag

    def over(self, container: str, partition: str, items: Sequence[Item]) -> list[Item]:
        """One partition as it would be."""
        mine = {
            key.id: each
            for (held, key), each in self.written.items()
            if (held, key.partition) == (container, partition)
        }
        kept = [item for item in items if item["id"] not in mine]
        return [*kept, *({**each.item, "_etag": each.etag} for each in mine.values() if each)]


@dataclass(frozen=True, slots=True)
class OverlayRows:
    """A RowStore."""

    layer: Layer

    async def read(self, container: str, key: Key) -> Stored | None:
        return await self.layer.read(container, key)

    async def create(self, container: str, key: Key, item: Item) -> str:
        return (await self.layer.write(container, [(key, item, None)]))[0]

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        return (await self.layer.write(container, [(key, item, etag)]))[0]

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        if await self.layer.read(container, key):
            await self.layer.write(container, [(key, None, etag)])


@dataclass(frozen=True, slots=True)
class OverlayBuckets:
    """A BucketStore."""

    layer: Layer
    below: BucketStore

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        written = {name: self.layer.written.get((container, Key(partition, name))) for name in ids}
        unseen = [name for name in ids if (container, Key(partition, name)) not in self.layer.written]
        found = dict(await self.below.read(container, partition, unseen)) if unseen else {}
        return found | {name: stored for name, stored in written.items() if stored}

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        named = [(Key(partition, str(write.item["id"])), write.item, write.etag) for write in writes]
        return await self.layer.write(container, named)


@dataclass(frozen=True, slots=True)
class OverlayPartitions:
    """The port Partitions."""

    layer: Layer
    below: Partitions

    async def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        found = [item async for item in self.below.items(container, partition)]
        for item in self.layer.over(container, partition, found):
            yield item


@dataclass(frozen=True, slots=True)
class OverlayEvents:
    """An EventStore of the events in `container`."""

    layer: Layer
    below: EventStore
    container: str

    async def read(self, stream: str) -> Sequence[Item]:
        items = self.layer.over(self.container, stream, await self.below.read(stream))
        return sorted((item for item in items if "sequence" in item), key=lambda item: int(str(item["sequence"])))

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        there = {item["id"] for item in await self.read(stream)}
        if any(item["id"] in there for item in items):
            raise Conflict(f"{stream}: somebody wrote first")
        named = [(Key(stream, str(item["id"])), item, None) for item in items]
        await self.layer.write(self.container, named)


def over(stores: Stores, *, events: str) -> tuple[Stores, Layer]:
    """The same stores, to be written over; `events` is the container whose items are events."""
    layer = Layer(stores.rows)
    return Stores(
        OverlayEvents(layer, stores.events, events),
        OverlayRows(layer),
        OverlayBuckets(layer, stores.buckets),
        OverlayPartitions(layer, stores.partitions),
    ), layer
