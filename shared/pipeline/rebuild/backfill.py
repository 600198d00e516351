"""Reads the feed from its beginning into one generation, stretch by stretch, and goes on where it was killed.

It ends at a place that was the feed's end after every worker's list of generations had been read anew: what lies
before that place comes through here, what lies behind it through the trigger, and what comes twice meets its mark.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from shared.kernel import Conflict, Key, NotNow, Transient, Unknown
from shared.kernel.generations import APART
from shared.lag import WHOLE, Keys
from shared.observer import Spending
from shared.pipeline.codec import Shape
from shared.pipeline.rebuild.growing import Grow
from shared.pipeline.rebuild.pace import Pace
from shared.pipeline.runner import Pipeline
from shared.ports import FeedPage, FeedPages, RowStore

# About as many as fit into the 4 MB of an answer: the more, the more of them share a row and a request.
CHANGES_A_PAGE: Final = 4000
STRETCHES_AT_ONCE: Final = 8
# In seconds. Together less than the minute after which a brake would let more keys be parked.
DELAYS: Final = (1.0, 3.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where one stretch of the feed stands: `reached` of `newest` transactions, so many events."""

    keys: Keys
    position: str | None = None
    reached: int = 0
    newest: int = 0
    events: int = 0

    def after(self, page: FeedPage) -> "Stretch":
        return Stretch(self.keys, page.position, page.reached, page.newest, self.events + len(page.items))


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a whole backfill, as it is stored."""

    stretches: tuple[Stretch, ...] = ()

    def replaced(self, one: Stretch, *by: Stretch) -> "Progress":
        return Progress((*(each for each in self.stretches if each.keys != one.keys), *by))

    @property
    def events(self) -> int:
        return sum(each.events for each in self.stretches)


_STORED: Final = Shape(Progress)


def place(number: int) -> Key:
    return Key(APART, f"backfill-{number}")


@dataclass(slots=True)
class _Saved:
    """Progress and the etag that fences its next write: two at the same generation do not move each other's places."""

    store: RowStore
    grow: Grow[Any, Any]
    now: Progress
    etag: str | None
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def put(self, one: Stretch, *by: Stretch) -> None:
        """Raises NotNow when somebody else fills this generation."""
        async with self._writing:
            self.now = self.now.replaced(one, *by)
            await self.write()

    async def write(self) -> None:
        view, key = self.grow.projection, place(self.grow.generation.number)
        stamp = {"id": key.id, view.partitioned_by: key.partition, "type": "Backfill", "schemaVersion": 1}
        item = {**stamp, **asdict(self.now)}
        try:
            if self.etag is None:
                self.etag = await self.store.create(view.container, key, item)
            else:
                self.etag = await self.store.replace(view.container, key, item, etag=self.etag)
        except Conflict as other:
            raise NotNow(f"somebody else fills generation {self.grow.generation.number}; one is enough") from other
        except Unknown:
            # Written or not, the next write needs to know under which etag; it carries this one's places too.
            stored = await self.store.read(view.container, key)
            self.etag = stored.etag if stored else None


@dataclass(frozen=True, slots=True)
class Backfill:
    """`source` is the container whose feed is read. `seconds` and `sleep` are the clock."""

    feed: FeedPages
    source: str
    pipeline: Pipeline
    pace: Pace
    seconds: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    tell: Callable[[Progress], None] = lambda _: None

    async def run(self, grow: Grow[Any, Any], *, listed: float) -> Progress:
        """Returns once everything is in that was there at `listed`, a moment of the clock, or later.

        Safe to call again at any time: what is in is passed over. Raises Transient, after which it can be called again.
        """
        saved = await self._saved(grow)
        room = asyncio.Semaphore(STRETCHES_AT_ONCE)

        async def within(stretch: Stretch) -> None:
            async with room:
                parts = await self._through(stretch, saved, listed)
            await all_of(map(within, parts))

        await all_of(map(within, saved.now.stretches))
        return saved.now

    async def _saved(self, grow: Grow[Any, Any]) -> _Saved:
        rows = self.pipeline.engine.rows
        stored = await rows.read(grow.projection.container, place(grow.generation.number))
        if stored:
            return _Saved(rows, grow, _STORED.read(stored.item), stored.etag)
        keys = await self.feed.parts(self.source, WHOLE)
        saved = _Saved(rows, grow, Progress(tuple(map(Stretch, keys))), None)
        await saved.write()
        return saved

    async def _through(self, stretch: Stretch, saved: _Saved, listed: float) -> Sequence[Stretch]:
        """The stretches that are left in place of this one, when its range was split meanwhile."""
        end: int | None = None
        while True:
            asked = self.seconds()
            with Spending() as spent:
                page = await self._taken(stretch, saved.grow)
            if page is None:
                return await self._parted(stretch, saved)
            before, stretch = stretch, stretch.after(page)
            await saved.put(before, stretch)
            self.tell(saved.now)
            await self.pace.spent(spent.charge)
            if asked >= listed:
                end = page.newest if end is None else end
                if page.reached >= end:
                    return ()
            elif not page.items:
                await self.sleep(listed - asked)

    async def _taken(self, stretch: Stretch, grow: Grow[Any, Any]) -> FeedPage | None:
        """The next page, once all of it is in. Whoever started this went home, so it waits out what passes."""
        for delay in DELAYS:
            try:
                return await self._next(stretch, grow)
            except Transient:
                await self.sleep(delay)
        return await self._next(stretch, grow)

    async def _next(self, stretch: Stretch, grow: Grow[Any, Any]) -> FeedPage | None:
        page = await self.feed.page(self.source, stretch.keys, stretch.position, most=CHANGES_A_PAGE)
        if page and page.items:
            await self.pipeline.take(grow, page.items)
        return page

    async def _parted(self, stretch: Stretch, saved: _Saved) -> Sequence[Stretch]:
        keys = await self.feed.parts(self.source, stretch.keys)
        parts = [replace(stretch, keys=each, events=stretch.events if each == keys[0] else 0) for each in keys]
        await saved.put(stretch, *parts)
        return parts


async def all_of(calls: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Side by side. Raises the first trouble of any; the others are cancelled."""
    try:
        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(call)
    except BaseExceptionGroup as troubles:
        raise troubles.exceptions[0] from None
