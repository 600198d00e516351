"""Two generations of a view next to each other, while both are written: digests first, then keys, then rows again."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shared.kernel import Key
from shared.pipeline.consumers import Engine
from shared.pipeline.project import Project
from shared.pipeline.rebuild.backfill import all_of
from shared.pipeline.rebuild.level import levelled
from shared.pipeline.rebuild.sweep import sweep
from shared.pipeline.rebuild.verdict import (
    NOTHING,
    Difference,
    Digests,
    Seen,
    content,
    key_of,
    part_of,
    seen,
    verdict,
)
from shared.ports import FeedPages, Item

# Writes reach the generations one after the other, so what differs is looked at again for so long.
LOOKS: Final = 10
PAUSE: Final = 0.5
AT_ONCE: Final = 32
# More than that is no matter of time.
MOST_IN_FLIGHT: Final = 1000


@dataclass(frozen=True, slots=True)
class Compared:
    """In `equal` of PARTS parts the digests of keys and bodies were the same at once.

    The keys of each part in which those were not, or marks were not, have been compared one by one.
    """

    rows: int
    equal: int
    differences: tuple[Difference, ...]

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        return tuple(each for each in self.differences if not each.is_explained)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`leaving_out` names the fields that may differ."""

    feed: FeedPages
    engine: Engine
    live: Project[Any, Any]
    grown: Project[Any, Any]
    leaving_out: Collection[str] = ()
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self) -> Compared:
        digests = await self._digests()
        live, grown = (digests[each.generation.number] for each in (self.live, self.grown))
        parts = live.differing(grown)
        found = await self._by_key(parts) if parts else ()
        return Compared(grown.rows, live.equal(grown), await self._settled(found))

    async def _digests(self) -> Mapping[int, Digests]:
        digests = {each.generation.number: Digests() for each in (self.live, self.grown)}

        async def add(items: Sequence[Item]) -> None:
            for number, key, row in self._rows_in(items):
                digests[number].add(key, row)

        await sweep(self.feed, self._container, add)
        return digests

    async def _by_key(self, parts: Collection[int]) -> Sequence[Difference]:
        found: dict[int, dict[Key, Seen]] = {each.generation.number: {} for each in (self.live, self.grown)}

        async def keep(items: Sequence[Item]) -> None:
            for number, key, row in self._rows_in(items):
                if part_of(key) in parts:
                    found[number][key] = row

        await sweep(self.feed, self._container, keep)
        live, grown = found[self.live.generation.number], found[self.grown.generation.number]
        verdicts = (verdict(key, live.get(key, NOTHING), grown.get(key, NOTHING)) for key in {**live, **grown})
        return [each for each in verdicts if each]

    def _rows_in(self, items: Sequence[Item]) -> "list[tuple[int, Key, Seen]]":
        numbers, name = {self.live.generation.number, self.grown.generation.number}, self._partitioned_by
        keyed = ((*key_of(item, name), item) for item in items)
        return [(number, key, self._seen(item)) for number, key, item in keyed if number in numbers]

    async def _settled(self, found: Sequence[Difference]) -> tuple[Difference, ...]:
        """What is still different once it has had the time to settle."""
        explained, left = list[Difference](), found
        for look in range(LOOKS):
            if not left or (look and len(left) > MOST_IN_FLIGHT):
                break
            if look:
                await self.sleep(PAUSE)
            reasons, left = _sorted(await self._looked_at([each.key for each in left]))
            explained += reasons
        return (*left, *explained)

    async def _looked_at(self, keys: Sequence[Key]) -> list[Difference]:
        found: list[Difference] = []
        room = asyncio.Semaphore(AT_ONCE)

        async def look(key: Key) -> None:
            async with room:
                if difference := await self._again(key):
                    found.append(difference)

        await all_of(map(look, keys))
        return found

    async def _again(self, key: Key) -> Difference | None:
        """The live row is read first: what it has by now, the grown one has too, or will have in a moment."""
        live, grown = [await self._read(each, key) for each in (self.live, self.grown)]
        found = verdict(key, self._seen(live), self._seen(grown))
        if found is None or await self._is_of_time(found):
            return None
        if found.is_explained and await self._is_short(key, live, self._seen(grown)):
            found = replace(found, why="behind")
        one, other = (content(item or {}, self._partitioned_by, self.leaving_out) for item in (live, grown))
        fields = sorted(field for field in {**one, **other} if one.get(field) != other.get(field))
        return replace(found, fields=tuple(fields))

    async def _read(self, project: Project[Any, Any], key: Key) -> Item | None:
        stored = await self.engine.rows.read(self._container, project.generation.place(key))
        return stored.item if stored else None

    async def _is_of_time(self, found: Difference) -> bool:
        """Whether it ends once the one that is behind has seen what the other has.

        That holds for a live row as its own code folds it. The grown one has had its time: what it has not seen must
        not matter.
        """
        key, grown = found.key, self._seen(await self._read(self.grown, found.key))
        if found.why in {"missing", "extra", "differs"} and found.live < found.grown:
            later = self._seen(await levelled(self.live, key, self.engine, upto=found.grown))
            return verdict(key, later, grown) is None
        if found.why == "behind":
            later = self._seen(await levelled(self.grown, key, self.engine, upto=found.live))
            return later.body == grown.body
        return False

    async def _is_short(self, key: Key, live: Item | None, grown: Seen) -> bool:
        """Whether the grown row lacks something of what waits in the live one's lane."""
        match live:
            case {"stale": {"last": int(last)}}:
                return self._seen(await levelled(self.grown, key, self.engine, upto=last)).body != grown.body
            case _:
                return False

    def _seen(self, item: Item | None) -> Seen:
        return seen(item, self._partitioned_by, self.leaving_out) if item else NOTHING

    @property
    def _container(self) -> str:
        return self.live.projection.container

    @property
    def _partitioned_by(self) -> str:
        return self.live.projection.partitioned_by


def _sorted(found: Sequence[Difference]) -> tuple[list[Difference], list[Difference]]:
    """Those that are explained, and those that are not."""
    return [each for each in found if each.is_explained], [each for each in found if not each.is_explained]
