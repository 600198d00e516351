"""A feed, a view and an engine in memory, to be delivered to in every wrong way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson

from orders.events import ORDER_EVENTS, OrderEvent
from projections.customer_orders import customer_orders
from shared.kernel import Key, Projection, Recorded
from shared.pipeline import Brake, Consumer, Engine, EventCodec, Lanes, Ledgers, Outlet, Pipeline, Project, Suspects
from shared.pipeline.row import row_codec
from tests.fakes import Clock, FakeBuckets, FakeEventStore, FakeMany, FakeRows
from tests.orders import EPOCH

CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
CONSUMER = Project(customer_orders)


def text(items: Iterable[object]) -> str:
    return orjson.dumps(list(items)).decode()


class Seasoned(Suspects):
    """Of a process that knows every part of its feed, so that nothing is written down without a reason."""

    def is_new_to(self, part: tuple[str, str]) -> bool:
        del part
        return False


@dataclass
class World:
    """`everything` is what the feed has, in the order in which it was written; `projection` is the view it feeds."""

    everything: Sequence[Recorded[OrderEvent]]
    rows: FakeRows = field(default_factory=FakeRows)
    projection: Projection[OrderEvent, Any] = customer_orders
    events: FakeEventStore = field(default_factory=FakeEventStore)
    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    clock: Clock = field(default_factory=Clock)
    attempt: int = 1
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    brake: Brake = field(init=False)

    def __post_init__(self) -> None:
        self.brake = Brake(self.clock)
        for event in self.everything:
            item = CODEC.encode(event)
            self.events.streams.setdefault(event.stream, {})[str(item["id"])] = item

    async def deliver(self, batch: Iterable[Recorded[OrderEvent]]) -> None:
        await self.deliver_items(CODEC.encode(event) for event in batch)

    async def deliver_to(self, consumer: Consumer, batch: Iterable[Recorded[OrderEvent]]) -> None:
        await self.pipeline.run(consumer, text(CODEC.encode(event) for event in batch))

    async def deliver_items_to(self, consumer: Consumer, items: Iterable[object]) -> None:
        await self.pipeline.run(consumer, text(items))

    async def deliver_items(self, items: Iterable[object]) -> None:
        await self.pipeline.run(Project(self.projection), text(items), attempt=self.attempt)

    @property
    def engine(self) -> Engine:
        lanes = Lanes(self.rows, nonce=lambda: uuid4().hex, now=lambda: EPOCH)
        buckets, many = Ledgers(self.buckets), FakeMany(self.rows)
        return Engine(CODEC, self.events, self.rows, lanes, self.brake, buckets, many=many, outlets=self.outlets)

    @property
    def pipeline(self) -> Pipeline:
        return Pipeline(self.engine, self.suspects, max_seconds=5)

    @property
    def suspects(self) -> Suspects:
        """Of a process that is no longer young, unless a test says otherwise."""
        return Seasoned(self.rows, self.clock, max_seconds=5)

    def view(self) -> dict[str, tuple[Any, int]]:
        """Each row that is there, with the last event up to its mark that changed it."""
        codec = row_codec(self.projection.row)
        return {
            key.id: (codec.decode(stored.item), self._changed(key.id, int(str(stored.item["mark"]))))
            for (container, key), stored in self.rows.rows.items()
            if container == self.projection.container
        }

    def folded(self) -> dict[str, tuple[Any, int]]:
        """What the view has to be: the plain fold of every stream."""
        rows: dict[str, Any] = {}
        for event in sorted(self.everything, key=lambda each: each.sequence):
            rows[event.stream] = self.projection.evolve(rows.get(event.stream), event)
        return {stream: (row, self._changed(stream, len(self.everything))) for stream, row in rows.items()}

    def _changed(self, stream: str, mark: int) -> int:
        """A mark lags behind events that change nothing, for as long as nothing has to be written."""
        row, last = None, 0
        for event in sorted(self.everything, key=lambda each: each.sequence):
            if event.stream == stream and event.sequence <= mark:
                after = self.projection.evolve(row, event)
                row, last = after, last if after is row else event.sequence
        return last


def place(stream: str, customer: str = "c1") -> tuple[str, Key]:
    return customer_orders.container, Key(partition=customer, id=stream)
