"""Rebuilds a view: a generation grows beside the live one, is compared with it and takes its place; and the way back.

docs/rebuild.md says why nothing is lost and no read fails meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from shared.kernel import Conflict, Generation, Generations, Key, NotNow, Unknown
from shared.kernel.generations import FIRST, parted
from shared.pipeline.consumers import Engine
from shared.pipeline.generations import MAX_AGE, Listed, ListedGenerations
from shared.pipeline.project import Project
from shared.pipeline.rebuild.backfill import Backfill, Progress, all_of, place
from shared.pipeline.rebuild.closing import Closing
from shared.pipeline.rebuild.comparison import Compared, Comparison
from shared.pipeline.rebuild.growing import Grow
from shared.pipeline.rebuild.sweep import sweep
from shared.ports import FeedPages, Item

# Clocks run at their own rates, and a request that has chosen its generation wants to end with it.
MARGIN: Final = 1.0
READ_ENDS_WITHIN: Final = 10.0


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Of one view, whose consumer is `project`. Nothing but its rows, its list of generations and its lanes is written.

    Every method can be called again after whatever has ended it. All raise NotNow for what does not fit where the view
    stands, and when somebody else was faster; Transient when the store is away.
    """

    project: Project[Any, Any]
    engine: Engine
    feed: FeedPages
    backfill: Backfill
    closing: Closing
    seconds: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def newest_version(self) -> int:
        return max(each.version for each in (self.project.projection, *self.project.versions))

    async def stands(self) -> Generations:
        return (await self._listed.read(self.project.projection)).now

    async def grow(self, version: int) -> Progress:
        """Everything that has happened is in the growing generation afterwards, and all that happens later will be."""
        self.project.of(Generation(version=version))
        # Whoever has promoted last may have died before this.
        await self.close_lanes()
        growing = (await self._step(lambda now: now.grow(version))).growing or FIRST
        listed = self.seconds() + MAX_AGE + MARGIN
        view = self.project.of(growing).projection
        return await self.backfill.run(Grow(view, generation=growing), listed=listed)

    async def compare(self, leaving_out: Collection[str] = ()) -> Compared:
        """The growing generation with the live one; for one that was promoted, with the one before."""
        now = await self.stands()
        other = now.growing or now.previous
        if other is None:
            raise NotNow("there is no other generation to compare the live one with")
        return await self._compared(now.live, other, leaving_out)

    async def promote(self, leaving_out: Collection[str] = ()) -> Compared:
        """Compared and, when nothing is unexplained, promoted under the etag from before: one of two operators wins."""
        listed = await self._listed.read(self.project.projection)
        after = listed.now.promote()
        compared = await self._compared(listed.now.live, after.live, leaving_out)
        if not compared.unexplained:
            await self._write(after, listed)
            await self.close_lanes()
        return compared

    async def close_lanes(self) -> int:
        """What was parked in the generation that is kept to go back to."""
        now = await self.stands()
        if now.previous is None:
            return 0
        numbers = frozenset({now.previous.number})
        return await self.closing.close(self.project, numbers, f"generation {now.live.number} is read instead")

    async def roll_back(self) -> Generations:
        """The previous generation is read again from the next look of each worker on; it was written all the time."""
        return await self._step(Generations.roll_back)

    async def retire(self) -> int:
        """How many rows are gone: those of the previous generation, and whatever is left of those before."""
        with suppress(NotNow):
            await self._step(Generations.retire)
        return await self._clear()

    async def give_up(self) -> int:
        """How many rows are gone: those of the growing generation, and whatever is left of others."""
        with suppress(NotNow):
            await self._step(Generations.give_up)
        return await self._clear()

    async def _clear(self) -> int:
        """Deletes what is of no generation that is written, after the last request that may read it."""
        await self.sleep(MAX_AGE + MARGIN + READ_ENDS_WITHIN)
        now = await self.stands()
        kept = frozenset(each.number for each in now.written)
        numbers = frozenset(range(1, now.last + 1)) - kept
        cleared = 0
        name, container = self.project.projection.partitioned_by, self.project.projection.container

        async def clear(items: Sequence[Item]) -> None:
            nonlocal cleared
            keys = [(Key(str(item[name]), str(item["id"])), str(item["_etag"])) for item in items]
            gone = [(key, etag) for key, etag in keys if parted(key.partition)[0] in numbers]
            await all_of(self._delete(container, key, etag) for key, etag in gone)
            cleared += len(gone)

        await sweep(self.feed, container, clear)
        await self.closing.end(self.project, numbers, "its generation is kept no more")
        for number in numbers:
            if stored := await self.engine.rows.read(container, place(number)):
                await self._delete(container, place(number), stored.etag)
        return cleared

    async def _delete(self, container: str, key: Key, etag: str) -> None:
        # Who still writes it has an old list; the next clearing takes what it has written.
        with suppress(Conflict):
            await self.engine.rows.delete(container, key, etag=etag)

    async def _compared(self, live: Generation, grown: Generation, leaving_out: Collection[str]) -> Compared:
        return await Comparison(
            self.feed, self.engine, self.project.of(live), self.project.of(grown), leaving_out, self.sleep
        ).run()

    @property
    def _listed(self) -> ListedGenerations:
        return ListedGenerations(self.engine.rows)

    async def _step(self, step: Callable[[Generations], Generations]) -> Generations:
        listed = await self._listed.read(self.project.projection)
        after = step(listed.now)
        if after != listed.now:
            await self._write(after, listed)
        return after

    async def _write(self, after: Generations, before: Listed) -> None:
        view, change = self.project.projection, self.engine.lanes.nonce()
        try:
            await self._listed.write(view, Listed(after, before.etag, change))
        except (Conflict, Unknown) as failure:
            # Ours may be what is written: the answer was lost, or the store's client has repeated the write.
            if (await self._listed.read(view)).change == change:
                return
            if isinstance(failure, Conflict):
                raise NotNow(f"somebody else has changed the generations of {view.name}; look again") from failure
            raise
