"""Stores in memory that pass the contract suite of the real ones, and can die at any write."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from shared.kernel import Conflict, Failure, Key
from shared.ports import Item, RowStore, RowWrite, Slice, Stored, Total, Write


class Killed(BaseException):
    """The process died here: nothing that comes after it in the program happens."""


@dataclass
class Fate:
    """Counts the store's operations and ends the process at the chosen one, before or after it took effect."""

    die_at: int | None = None
    after_effect: bool = False
    step: int = 0

    def meet(self, effect: Callable[[], None]) -> None:
        self.step += 1
        doomed = self.step == self.die_at
        if doomed and not self.after_effect:
            raise Killed
        effect()
        if doomed:
            raise Killed


@dataclass
class Clock:
    """A monotonic clock that moves only when told to."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds

    def after(self, seconds: float) -> Callable[[], float]:
        """The clock as seen by something that was started so many seconds before its first look."""
        looks = count()
        return lambda: self.seconds if next(looks) == 0 else self.seconds + seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


def nothing() -> None:
    return None


@dataclass
class FakeEventStore:
    streams: dict[str, dict[str, Item]] = field(default_factory=dict)

    async def read(self, stream: str) -> Sequence[Item]:
        items = self.streams.get(stream, {}).values()
        return sorted((item for item in items if "sequence" in item), key=lambda item: str(item["id"]))

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        held = self.streams.setdefault(stream, {})
        if any(str(item["id"]) in held for item in items):
            raise Conflict(stream)
        held.update({str(item["id"]): dict(item) for item in items})


@dataclass
class FakeBuckets:
    fate: Fate = field(default_factory=Fate)
    items: dict[tuple[str, str, str], Stored] = field(default_factory=dict)
    etags: "count[int]" = field(default_factory=count)

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        self.fate.meet(nothing)
        await asyncio.sleep(0)
        found = {name: self.items.get((container, partition, name)) for name in ids}
        return {name: stored for name, stored in found.items() if stored}

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        assert len(writes) <= 100
        for write in writes:
            stored = self.items.get((container, partition, str(write.item["id"])))
            if (stored.etag if stored else None) != write.etag:
                raise Conflict(partition)
        self.fate.meet(lambda: self._put(container, partition, writes))
        await asyncio.sleep(0)
        return [self.items[container, partition, str(write.item["id"])].etag for write in writes]

    def _put(self, container: str, partition: str, writes: Sequence[Write]) -> None:
        for write in writes:
            place = (container, partition, str(write.item["id"]))
            self.items[place] = Stored(dict(write.item), etag=str(next(self.etags)))


@dataclass
class FakeRows:
    fate: Fate = field(default_factory=Fate)
    rows: dict[tuple[str, Key], Stored] = field(default_factory=dict)
    etags: "count[int]" = field(default_factory=count)

    async def read(self, container: str, key: Key) -> Stored | None:
        self.fate.meet(nothing)
        return self.rows.get((container, key))

    async def create(self, container: str, key: Key, item: Item) -> str:
        if (container, key) in self.rows:
            raise Conflict(key.id)
        self.fate.meet(lambda: self._put(container, key, item))
        return self.rows[container, key].etag

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        stored = self.rows.get((container, key))
        if stored is None or stored.etag != etag:
            raise Conflict(key.id)
        self.fate.meet(lambda: self._put(container, key, item))
        return self.rows[container, key].etag

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        stored = self.rows.get((container, key))
        if stored is None:
            return
        if stored.etag != etag:
            raise Conflict(key.id)
        self.fate.meet(lambda: self._drop(container, key))

    def _drop(self, container: str, key: Key) -> None:
        del self.rows[container, key]

    def _put(self, container: str, key: Key, item: Item) -> None:
        self.rows[container, key] = Stored(dict(item), etag=str(next(self.etags)))


@dataclass(frozen=True)
class FakeMany:
    """Row by row, each with an end of its own; what ends the process ends all of it."""

    rows: RowStore

    async def read_all(self, container: str, keys: Sequence[Key]) -> Sequence[Stored | Failure | None]:
        return [await _end(self.rows.read(container, key)) for key in keys]

    async def write_all(self, container: str, writes: Sequence[RowWrite]) -> Sequence[str | Failure]:
        return [await _end(self._written(container, write)) for write in writes]

    async def _written(self, container: str, write: RowWrite) -> str:
        if write.etag is None:
            return await self.rows.create(container, write.key, write.item)
        return await self.rows.replace(container, write.key, write.item, etag=write.etag)


async def _end[T](call: Awaitable[T]) -> T | Failure:
    try:
        return await call
    except Failure as failure:
        return failure


@dataclass
class FakeBatches:
    """Buckets and partitions made of the very items that the rows are."""

    rows: FakeRows

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        self.rows.fate.meet(nothing)
        found = {name: self.rows.rows.get((container, Key(partition, name))) for name in ids}
        return {name: stored for name, stored in found.items() if stored}

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        assert 1 <= len(writes) <= 100
        assert len({str(write.item["id"]) for write in writes}) == len(writes)
        places = [Key(partition, str(write.item["id"])) for write in writes]
        for place, write in zip(places, writes, strict=True):
            stored = self.rows.rows.get((container, place))
            if (stored.etag if stored else None) != write.etag:
                raise Conflict(partition)
        self.rows.fate.meet(lambda: self._put(container, places, writes))
        await asyncio.sleep(0)
        return [self.rows.rows[container, place].etag for place in places]

    async def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        self.rows.fate.meet(nothing)
        for (held, key), stored in list(self.rows.rows.items()):
            if (held, key.partition) == (container, partition):
                yield {**stored.item, "_etag": stored.etag}

    def _put(self, container: str, places: Sequence[Key], writes: Sequence[Write]) -> None:
        for place, write in zip(places, writes, strict=True):
            self.rows.rows[container, place] = Stored(dict(write.item), etag=str(next(self.rows.etags)))


@dataclass
class FakePages:
    """Pages and totals of what is in the rows; remembers what each partition was asked for."""

    rows: FakeRows
    asked: list[tuple[str, Slice]] = field(default_factory=list)

    async def newest(self, container: str, partition: str, wanted: Slice) -> Sequence[Item]:
        self.asked.append((partition, wanted))
        found = sorted(
            (item for item in self._bodied(container, partition, wanted.by[0]) if _is_wanted(item, wanted)),
            key=wanted.place,
            reverse=True,
        )
        return [{name: item[name] for name in wanted.shown if name in item} for item in found[: wanted.limit]]

    async def total(self, container: str, partition: str, *, of: str) -> Total:
        amounts = [int(str(item[of])) for item in self._bodied(container, partition, of)]
        return Total(len(amounts), sum(amounts))

    def _bodied(self, container: str, partition: str, name: str) -> Iterator[Item]:
        for (held, key), stored in self.rows.rows.items():
            if (held, key.partition) == (container, partition) and name in stored.item:
                yield stored.item


def _is_wanted(item: Item, wanted: Slice) -> bool:
    place = wanted.place(item)
    return (
        all(item.get(name) == value for name, value in wanted.only.items())
        and wanted.start <= place[0]
        and (wanted.end is None or place[0] <= wanted.end)
        and (wanted.after is None or place < wanted.after)
    )


@dataclass(frozen=True)
class FakeTroubled:
    """The sagas among the rows that run, and were due or in time until a moment, or ask for something so often."""

    rows: FakeRows

    async def troubled(self, container: str, *, moment: str, attempts: int, limit: int) -> Sequence[Item]:
        running = [
            each.item for (held, _), each in self.rows.rows.items() if held == container and "dueAt" in each.item
        ]
        return [item for item in running if self._is_in_trouble(item, moment, attempts)][:limit]

    def _is_in_trouble(self, item: Any, moment: str, attempts: int) -> bool:  # noqa: ANN401 - JSON
        is_asked_in_vain = any("dueAt" in each and each["attempts"] >= attempts for each in item["asked"])
        return item["dueAt"] <= moment or item.get("deadline", "9") <= moment or is_asked_in_vain


@dataclass
class FakeDue:
    """What is due among the rows, as if in one range."""

    rows: FakeRows
    asked: int = 0

    async def due(self, container: str, name: str, moment: str, limit: int) -> Sequence[str]:
        self.asked += 1
        found = sorted(
            (str(stored.item["dueAt"]), key.partition)
            for (held, key), stored in self.rows.rows.items()
            if (held, key.id) == (container, name) and "dueAt" in stored.item and str(stored.item["dueAt"]) <= moment
        )
        return [partition for _, partition in found[:limit]]
