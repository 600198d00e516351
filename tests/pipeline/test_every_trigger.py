"""Every feed trigger of the app, with every kind of trouble at every single operation of the store."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal, get_args
from uuid import uuid4

import orjson
import pytest

from orders.events import ORDER_EVENTS, OrderDeleted, OrderDelivered, OrderPlaced, OrderShipped
from shared.kernel import Conflict, Key, Recorded, Transient, Unknown
from shared.kernel.tally import plus
from shared.pipeline import Brake, Consumer, Count, Engine, EventCodec, Lanes, Ledgers, Pipeline, Project, Suspects
from shared.pipeline.buckets import TOTAL
from shared.pipeline.codec import readable
from shared.ports import Item, Stored, Write
from shared.subscriptions import FEEDS
from tests.fakes import Clock, FakeBuckets, FakeEventStore, FakeMany, FakeRows, Killed
from tests.orders import EPOCH, a_line, recorded, usd

type Trouble = Literal["away", "overtaken", "lost before", "lost after", "hangs", "dies before", "dies after"]

CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
PLACED, SHIPPED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True)
STREAMS = {
    "moves": recorded([PLACED, SHIPPED, OrderDelivered()], stream="moves"),
    "ends": recorded([PLACED, OrderDeleted()], stream="ends"),
    "poisoned": recorded([PLACED, SHIPPED, OrderDelivered()], stream="poisoned"),
}
EVERYTHING = [event for events in STREAMS.values() for event in events]
# Sagas have their own worlds, in tests/sagas.
VIEWS = [consumer for consumer in FEEDS["orders"] if isinstance(consumer, Project | Count)]


@dataclass
class Troubled:
    """Stores of rows and buckets to which one thing happens, at their `at`-th operation."""

    trouble: Trouble
    at: int
    store: FakeRows = field(default_factory=FakeRows)
    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    steps: Iterator[int] = field(default_factory=lambda: count(1))
    happened: bool = False

    async def read(self, container: str, key: Key) -> Stored | None:
        return await self.do(lambda: self.store.read(container, key))

    async def create(self, container: str, key: Key, item: Item) -> str:
        return await self.do(lambda: self.store.create(container, key, item))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        return await self.do(lambda: self.store.replace(container, key, item, etag=etag))

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await self.do(lambda: self.store.delete(container, key, etag=etag))

    async def do[T](self, call: Callable[[], Awaitable[T]]) -> T:
        if next(self.steps) != self.at:
            return await call()
        self.happened = True
        match self.trouble:
            case "away":
                raise Transient("the store is away")
            case "overtaken":
                raise Conflict("somebody was first")
            case "lost before":
                raise Unknown("never arrived")
            case "hangs":
                await asyncio.get_running_loop().create_future()
            case "dies before":
                raise Killed
            case "lost after" | "dies after":
                pass
        answer = await call()
        if self.trouble == "lost after":
            raise Unknown("the answer never arrived")
        raise Killed(answer)


@dataclass
class TroubledBuckets:
    """The same store, asked for buckets."""

    store: Troubled

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        return await self.store.do(lambda: self.store.buckets.read(container, partition, ids))

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        return await self.store.do(lambda: self.store.buckets.commit(container, partition, writes))


@dataclass
class Run:
    """One consumer, delivered to until nothing raises any more."""

    consumer: Consumer
    rows: Troubled
    clock: Clock = field(default_factory=Clock)
    attempts: int = 0

    @property
    def engine(self) -> Engine:
        store = FakeEventStore()
        for event in EVERYTHING:
            item = CODEC.encode(event)
            store.streams.setdefault(event.stream, {})[str(item["id"])] = item
        lanes = Lanes(self.rows, nonce=lambda: uuid4().hex, now=lambda: EPOCH)
        buckets = TroubledBuckets(self.rows)
        many = FakeMany(self.rows)
        return Engine(CODEC, store, self.rows, lanes, Brake(self.clock), Ledgers(buckets), many=many)

    async def deliver(self, *batches: Sequence[Item]) -> None:
        for batch in batches:
            while not await self._delivered(batch):
                assert self.attempts < 20, "it never ends"

    async def _delivered(self, batch: Sequence[Item]) -> bool:
        self.attempts += 1
        # A process of its own each time: what it remembers dies with it.
        pipeline = Pipeline(self.engine, Suspects(self.rows, self.clock, max_seconds=0.1), max_seconds=0.1)
        done = False
        try:
            await pipeline.run(self.consumer, orjson.dumps(batch).decode())
            done = True
        except* (Transient, Conflict, Killed):
            done = False
        return done

    async def found(self) -> object:
        """What the consumer has made of the feed."""
        match self.consumer:
            case Project() as project:
                firsts = [events[0] for events in STREAMS.values()]
                rows = [await project.rows(self.engine).read(_key(project, first)) for first in firsts]
                return [(row.value, row.mark, row.stale) for row in rows]
            case _:
                kept = self.rows.buckets.items.items()
                return {place: stored.item["amounts"] for place, stored in kept if place[2] == TOTAL}


def batches() -> tuple[list[Item], list[Item]]:
    """Two pages of the feed; the second event of the poisoned order cannot be read."""
    items: list[Item] = [CODEC.encode(event) for event in EVERYTHING]
    spoilt = [
        {**item, "data": None} if (item["orderId"], item["sequence"]) == ("poisoned", 2) else item for item in items
    ]
    return [each for each in spoilt if each["sequence"] in {1, 2}], [each for each in spoilt if each["sequence"] == 3]


def expected(consumer: Consumer) -> object:
    """The same, from the plain fold of every stream."""
    match consumer:
        case Project(projection=projection):
            return [(_folded(projection, events), events[-1].sequence, None) for events in STREAMS.values()]
        case Count(tally=tally):
            sums: dict[tuple[str, str, str], dict[str, int]] = {}
            for stream, events in STREAMS.items():
                for bucket, amounts in tally.amounts(_folded(tally, events)).items():
                    place = (tally.container, tally.partition(bucket, stream), TOTAL)
                    sums[place] = plus(sums.get(place, {}), amounts)
            return sums
        case _:
            raise AssertionError(f"say what {consumer.name} has to come to")


def _folded(fold: Any, events: Sequence[Recorded[Any]]) -> Any:  # noqa: ANN401 - any projection or tally
    value = None
    for event in events:
        value = fold.evolve(value, readable(event))
    return value


async def operations(consumer: Consumer) -> int:
    untroubled = Run(consumer, Troubled("away", at=0))
    await untroubled.deliver(*batches())
    await consumer.release(_key(consumer), untroubled.engine)
    return next(untroubled.rows.steps) - 1


def _key(consumer: Consumer, event: Recorded[Any] = STREAMS["poisoned"][0]) -> Key:
    key = consumer.key(event)
    assert key is not None
    return key


@pytest.mark.parametrize("trouble", get_args(Trouble.__value__))
@pytest.mark.parametrize("consumer", VIEWS, ids=lambda consumer: consumer.name)
async def test_whatever_happens_at_whatever_operation_nothing_is_lost_and_nothing_doubled(
    consumer: Consumer, trouble: Trouble
) -> None:
    for at in range(1, await operations(consumer) + 1):
        run = Run(consumer, Troubled(trouble, at))

        await run.deliver(*batches())
        outcome: object = None
        while outcome != "nothing to release":
            try:
                async with asyncio.timeout(0.1):
                    outcome = await consumer.release(_key(consumer), run.engine)
            except (Transient, Killed, TimeoutError):
                continue

        assert run.rows.happened, at
        assert await run.found() == expected(consumer), at
