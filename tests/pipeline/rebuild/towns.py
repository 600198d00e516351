"""A store in memory with a feed, workers that read it, readers, and operators that rebuild a view of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from zlib import crc32

from orders.events import OrderEvent
from projections.order_board import SHARDS, order_board
from shared.kernel import Key, Projection, Recorded
from shared.kernel.generations import APART, parted
from shared.lag import Keys
from shared.pipeline import Brake, Engine, KnownGenerations, Lanes, Ledgers, ListedGenerations, Pipeline, Project
from shared.pipeline.lanes import CONTAINER
from shared.pipeline.pages import page
from shared.pipeline.rebuild.backfill import Backfill
from shared.pipeline.rebuild.closing import Closing
from shared.pipeline.rebuild.pace import Pace
from shared.pipeline.rebuild.rebuild import Rebuild
from shared.pipeline.row import row_codec
from shared.pipeline.views import Views
from shared.ports import FeedPage, Item, Slice
from tests.fakes import Clock, FakeBuckets, FakeEventStore, FakeMany, FakePages, FakeRows
from tests.orders import EPOCH
from tests.pipeline.worlds import CODEC, Seasoned, text

ORDERS = "orders"
A_PAGE = 3
EVERYTHING = Slice(("createdAt", "orderId"), ("createdAt", "orderId", "status", "bucket", "stale"), limit=100)

type View = Projection[OrderEvent, Any]


async def nothing_happens() -> None:
    """Between two pages of a feed."""


@dataclass
class FakeFeed:
    """A `FeedPages` of the orders' events as they came, and of rows as they are. `ranges` may be cut meanwhile."""

    rows: FakeRows
    events: list[Item] = field(default_factory=list)
    ranges: list[Keys] = field(default_factory=lambda: [Keys("", "80"), Keys("80", "FF")])
    between: Callable[[], Awaitable[None]] = nothing_happens

    async def parts(self, container: str, keys: Keys) -> Sequence[Keys]:
        assert container
        return [common for each in self.ranges if (common := keys.common(each))]

    async def page(self, container: str, keys: Keys, position: str | None, *, most: int) -> FeedPage | None:
        await self.between()
        if not any(each.includes(keys) for each in self.ranges):
            return None
        log = self.events if container == ORDERS else self._rows_of(container)
        size = A_PAGE if container == ORDERS else most
        found = [(at, item) for at, item in enumerate(log, 1) if at > int(position or 0) and _within(keys, item)]
        reached = found[size - 1][0] if len(found) > size else len(log)
        return FeedPage([item for _, item in found[:size]], str(reached), reached, len(log))

    def _rows_of(self, container: str) -> list[Item]:
        held = [each for (name, _), each in self.rows.rows.items() if name == container]
        return [{**each.item, "_etag": each.etag} for each in held]


def _within(keys: Keys, item: Item) -> bool:
    name = str(item.get("orderId") or item.get("id"))
    place = f"{crc32(name.encode()) % 255:02X}"
    return keys.low <= place < keys.high


@dataclass
class FakeCatalogue:
    rows: FakeRows

    async def parked(self) -> Sequence[Item]:
        return [
            each.item
            for (name, _), each in self.rows.rows.items()
            if name == CONTAINER and each.item.get("type") in {"LaneHead", "RawPoison"}
        ]

    async def count(self, consumer: str) -> int:
        return len([item for item in await self.parked() if item["consumer"] == consumer])


@dataclass
class Town:
    """`projection` is the view's code as it is live; `versions` is what may be grown. All clocks are one."""

    projection: View = order_board
    versions: tuple[View, ...] = ()
    rows: FakeRows = field(default_factory=FakeRows)
    events: FakeEventStore = field(default_factory=FakeEventStore)
    clock: Clock = field(default_factory=Clock)
    feed: FakeFeed = field(init=False)
    nonces: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.feed = FakeFeed(self.rows)

    @property
    def project(self) -> Project[OrderEvent, Any]:
        return Project(self.projection, versions=self.versions)

    def worker(self) -> "Worker":
        return Worker(self, KnownGenerations(ListedGenerations(self.rows), self.clock))

    def append(self, events: Iterable[Recorded[OrderEvent]]) -> None:
        for event in events:
            item = CODEC.encode(event)
            self.events.streams.setdefault(event.stream, {})[str(item["id"])] = item
            self.feed.events.append(item)

    def operator(self) -> Rebuild:
        worker = self.worker()
        engine = worker.engine
        backfill = Backfill(self.feed, ORDERS, worker.pipeline, Pace(None, self.clock), self.clock, self.clock.sleep)
        closing = Closing(engine.lanes, FakeCatalogue(self.rows))
        return Rebuild(self.project, engine, self.feed, backfill, closing, self.clock, self.clock.sleep)

    def generation(self, number: int, view: View | None = None) -> dict[str, object]:
        """Each row of it that has a body, by the order's id."""
        codec = row_codec((view or self.projection).row)
        name = self.projection.partitioned_by
        found: dict[str, object] = {}
        for (container, key), stored in self.rows.rows.items():
            if container == self.projection.container and parted(key.partition)[0] == number:
                value = codec.decode({**stored.item, name: parted(str(stored.item[name]))[1]})
                if value is not None:
                    found[key.id] = value
        return found

    def written(self) -> set[str]:
        """The containers that anything was written to."""
        return {container for container, _ in self.rows.rows}

    def apart(self) -> list[Key]:
        """What lies in the view's container and is of no first generation."""
        return [key for name, key in self.rows.rows if name != CONTAINER and key.partition.startswith(APART)]


@dataclass
class Worker:
    """One process: it knows the generations for as long as it may, and has read so far in the feed."""

    town: Town
    known: KnownGenerations
    read: int = 0
    _working: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def engine(self) -> Engine:
        town = self.town
        lanes = Lanes(town.rows, nonce=lambda: f"n{next(town.nonces)}", now=lambda: EPOCH)
        return Engine(
            CODEC,
            town.events,
            town.rows,
            lanes,
            Brake(town.clock),
            Ledgers(FakeBuckets()),
            many=FakeMany(town.rows),
            generations=self.known,
        )

    @property
    def pipeline(self) -> Pipeline:
        return Pipeline(self.engine, Seasoned(self.town.rows, self.town.clock, max_seconds=5), max_seconds=5)

    async def work(self, *, most: int = 100) -> None:
        """What the trigger hands over next, if anything."""
        async with self._working:
            batch = self.town.feed.events[self.read : self.read + most]
            await self.pipeline.run(self.town.project, text(batch))
            self.read += len(batch)

    async def shown(self) -> dict[str, str]:
        """What a request for all orders is answered: each order's status."""
        pages = await Views(FakePages(self.town.rows), self.known).of(self.town.projection)
        found = await page(pages, self.town.projection.container, SHARDS.buckets(), EVERYTHING)
        assert all(row["bucket"] in SHARDS.buckets() for row in found.rows)
        return {str(row["orderId"]): str(row["status"]) for row in found.rows}


def another(view: View, evolve: Callable[..., Any]) -> View:
    return replace(view, evolve=evolve, version=view.version + 1)
