"""The stores behind patience: the same ports, each call repeated while that is safe and worth it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.kernel import Failure, Key
from shared.lag import Keys
from shared.pipeline.patience import Patience
from shared.ports import (
    BucketStore,
    DueStore,
    EventStore,
    FeedPage,
    FeedPages,
    Item,
    ManyRows,
    PageStore,
    RowStore,
    RowWrite,
    Slice,
    Stored,
    Total,
    Write,
)


@dataclass(frozen=True, slots=True)
class PatientEvents:
    """An EventStore behind patience."""

    store: EventStore
    patience: Patience

    async def read(self, stream: str) -> Sequence[Item]:
        return await self.patience(lambda: self.store.read(stream))

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        await self.patience(lambda: self.store.append(stream, items))


@dataclass(frozen=True, slots=True)
class PatientRows:
    """A RowStore behind patience."""

    store: RowStore
    patience: Patience

    async def read(self, container: str, key: Key) -> Stored | None:
        return await self.patience(lambda: self.store.read(container, key))

    async def create(self, container: str, key: Key, item: Item) -> str:
        return await self.patience(lambda: self.store.create(container, key, item))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        return await self.patience(lambda: self.store.replace(container, key, item, etag=etag))

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await self.patience(lambda: self.store.delete(container, key, etag=etag))


@dataclass(frozen=True, slots=True)
class PatientMany:
    """A ManyRows behind patience: one call, one place. What a single row comes to is not repeated."""

    store: ManyRows
    patience: Patience

    async def read_all(self, container: str, keys: Sequence[Key]) -> Sequence[Stored | Failure | None]:
        return await self.patience(lambda: self.store.read_all(container, keys))

    async def write_all(self, container: str, writes: Sequence[RowWrite]) -> Sequence[str | Failure]:
        return await self.patience(lambda: self.store.write_all(container, writes))


@dataclass(frozen=True, slots=True)
class PatientPages:
    """A PageStore behind patience."""

    store: PageStore
    patience: Patience

    async def newest(self, container: str, partition: str, wanted: Slice) -> Sequence[Item]:
        return await self.patience(lambda: self.store.newest(container, partition, wanted))

    async def total(self, container: str, partition: str, *, of: str) -> Total:
        return await self.patience(lambda: self.store.total(container, partition, of=of))


@dataclass(frozen=True, slots=True)
class PatientBuckets:
    """A BucketStore behind patience."""

    store: BucketStore
    patience: Patience

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        return await self.patience(lambda: self.store.read(container, partition, ids))

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        return await self.patience(lambda: self.store.commit(container, partition, writes))


@dataclass(frozen=True, slots=True)
class PatientDue:
    """A DueStore behind patience."""

    store: DueStore
    patience: Patience

    async def due(self, container: str, name: str, moment: str, limit: int) -> Sequence[str]:
        return await self.patience(lambda: self.store.due(container, name, moment, limit))


@dataclass(frozen=True, slots=True)
class PatientFeedPages:
    """A FeedPages behind patience."""

    store: FeedPages
    patience: Patience

    async def parts(self, container: str, keys: Keys) -> Sequence[Keys]:
        return await self.patience(lambda: self.store.parts(container, keys))

    async def page(self, container: str, keys: Keys, position: str | None, *, most: int) -> FeedPage | None:
        return await self.patience(lambda: self.store.page(container, keys, position, most=most))
