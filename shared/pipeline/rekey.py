"""Copies a container into one with another partition key, by its change feed, and proves that the copy is whole.

Each item is created, or replaced if it is unchanged since it was read; so it may be copied again at any time.
The feed tells nothing of deletions, and two copiers may overtake each other: that is what the comparison is for. It
reads both containers to their ends, mends what differs, and counts it; once it finds nothing, they say the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from shared.kernel import Conflict, Key, Misconfigured, Transient, Unknown
from shared.lag import WHOLE, Keys
from shared.ports import FeedPages, Item, Kept, RowStore, Sweep

AGAIN: Final = 8
AT_ONCE: Final = 64


class Collision(Misconfigured):
    """Two items would be one under the new key: it cannot be this container's key."""


@dataclass(frozen=True, slots=True)
class Way:
    """From which container to which, and the property that is the partition key of each."""

    source: str
    target: str
    old: str
    new: str

    def key(self, item: Item) -> Key:
        """Where it goes. Raises Misconfigured when it has no such key."""
        match item.get(self.new):
            case str(partition):
                return Key(partition, str(item["id"]))
            case _:
                raise Misconfigured(f"{item.get(self.old)} {item['id']} has no text {self.new} to be found by")

    def origin(self, item: Item) -> Key:
        return Key(str(item[self.old]), str(item["id"]))


@dataclass(frozen=True, slots=True)
class Compared:
    """`mended` items were missing or different in the copy, `extra` ones were deleted from the source meanwhile."""

    items: int
    mended: int
    extra: int

    @property
    def is_same(self) -> bool:
        return not self.mended and not self.extra


@dataclass(slots=True)
class Rekey:
    """`places` keeps how far the feed was read; whoever begins again goes on there."""

    way: Way
    feed: FeedPages
    sweep: Sweep
    rows: RowStore
    places: Kept
    page: int = 500
    tell: Callable[[int], None] = lambda _: None
    copied: int = 0
    _positions: dict[tuple[str, str], str | None] = field(default_factory=dict)

    async def copy(self) -> int:
        """To the end that the feed has now; returns how many changes came by. Raises Transient, and Collision."""
        await self._begin()
        left = list(self._positions)
        while left:
            low, high = left.pop()
            left += await self._through(Keys(low, high))
        return self.copied

    async def compare(self) -> Compared:
        """Mends what it finds. Meant for a source that nobody writes: otherwise what is new differs."""
        items = mended = extra = 0
        async for some in _parts(self.sweep.everything(self.way.source)):
            items += len(some)
            mended += sum(await _all(map(self._copied, some)))
        async for some in _parts(self.sweep.everything(self.way.target)):
            extra += sum(await _all(map(self._orphaned, some)))
        return Compared(items, mended, extra)

    async def _begin(self) -> None:
        kept = await self.places.last()
        found = kept.get("places") if kept else None
        if isinstance(found, list):
            self._positions = {(each["low"], each["high"]): each["position"] for each in found}
        else:
            parts = await self.feed.parts(self.way.source, WHOLE)
            self._positions = {(each.low, each.high): None for each in parts}

    async def _through(self, keys: Keys) -> Sequence[tuple[str, str]]:
        """The parts that are left to be read when these keys lie in several ranges by now."""
        name, end = (keys.low, keys.high), None
        while True:
            page = await self.feed.page(self.way.source, keys, self._positions[name], most=self.page)
            if page is None:
                position = self._positions.pop(name)
                parts = [(each.low, each.high) for each in await self.feed.parts(self.way.source, keys)]
                self._positions |= dict.fromkeys(parts, position)
                return parts
            for some in _cut(page.items):
                await _all(map(self._copied, some))
            self._positions[name] = page.position
            self.copied += len(page.items)
            await self._keep()
            self.tell(self.copied)
            end = page.newest if end is None else end
            if page.reached >= end:
                return ()

    async def _keep(self) -> None:
        places = [{"low": low, "high": high, "position": each} for (low, high), each in self._positions.items()]
        await self.places.keep({"places": places})

    async def _copied(self, item: Item) -> bool:
        """Whether it was not there yet as it is."""
        wanted, key = _bare(item), self.way.key(item)
        for _ in range(AGAIN):
            with suppress(Conflict, Unknown):
                stored = await self.rows.read(self.way.target, key)
                if stored is None:
                    await self.rows.create(self.way.target, key, wanted)
                    return True
                found = _bare(stored.item)
                if found == wanted:
                    return False
                if found.get(self.way.old) != wanted.get(self.way.old):
                    raise Collision(f"{key.partition} {key.id} would be two items of {self.way.source}")
                await self.rows.replace(self.way.target, key, wanted, etag=stored.etag)
                return True
        raise Transient(f"{self.way.target} {key.id} changed {AGAIN} times under our hands")

    async def _orphaned(self, item: Item) -> bool:
        """Deletes a copy whose original is gone."""
        if await self.rows.read(self.way.source, self.way.origin(item)):
            return False
        await self.rows.delete(self.way.target, self.way.key(item), etag=str(item["_etag"]))
        return True


def _bare(item: Item) -> Item:
    """Without what the store has put on it."""
    return {name: each for name, each in item.items() if not name.startswith("_")}


async def _all[T](calls: Iterable[Awaitable[T]]) -> list[T]:
    return list(await asyncio.gather(*calls))


def _cut(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE)]


async def _parts(items: AsyncIterator[Item]) -> AsyncIterator[list[Item]]:
    some: list[Item] = []
    async for item in items:
        some.append(item)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some
