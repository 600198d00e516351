"""Stores in memory that pass the contract suite of the real ones, and can die at any write."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from shared.kernel import Conflict, Key
from shared.ports import Item, Stored


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

    async def newest(self, container: str, partition: str, *, by: Sequence[str], limit: int) -> Sequence[Item]:
        rows = [
            stored.item for (name, key), stored in self.rows.items() if (name, key.partition) == (container, partition)
        ]
        bodied = [row for row in rows if by[0] in row]
        return sorted(bodied, key=lambda row: [str(row[name]) for name in by], reverse=True)[:limit]

    def _drop(self, container: str, key: Key) -> None:
        del self.rows[container, key]

    def _put(self, container: str, key: Key, item: Item) -> None:
        self.rows[container, key] = Stored(dict(item), etag=str(next(self.etags)))
