"""A feed, a view and an engine in memory, to be delivered to in every wrong way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from orders.events import ORDER_EVENTS, OrderEvent
from projections.customer_orders import CustomerOrder, customer_orders
from shared.kernel import Key, Recorded
from shared.pipeline import Engine, EventCodec, Pipeline, Project
from shared.pipeline.codec import RowCodec
from tests.fakes import FakeEventStore, FakeRows

CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
ROWS = RowCodec(CustomerOrder)


def text(items: Iterable[object]) -> str:
    return orjson.dumps(list(items)).decode()


@dataclass
class World:
    """`everything` is what the feed has, in the order in which it was written."""

    everything: Sequence[Recorded[OrderEvent]]
    rows: FakeRows = field(default_factory=FakeRows)
    events: FakeEventStore = field(default_factory=FakeEventStore)

    def __post_init__(self) -> None:
        for event in self.everything:
            item = CODEC.encode(event)
            self.events.streams.setdefault(event.stream, {})[str(item["id"])] = item

    async def deliver(self, batch: Iterable[Recorded[OrderEvent]]) -> None:
        await self.deliver_items(CODEC.encode(event) for event in batch)

    async def deliver_items(self, items: Iterable[object]) -> None:
        pipeline = Pipeline(Engine(CODEC, self.events, self.rows), max_seconds=5)
        await pipeline.run(Project(customer_orders), text(items))

    def view(self) -> dict[str, tuple[CustomerOrder | None, int]]:
        """Each row that is there, with its mark."""
        return {
            key.id: (ROWS.decode(stored.item), int(str(stored.item["mark"])))
            for (_, key), stored in self.rows.rows.items()
        }

    def folded(self) -> dict[str, tuple[CustomerOrder | None, int]]:
        """What the view has to be: the plain fold of every stream."""
        rows: dict[str, tuple[CustomerOrder | None, int]] = {}
        for event in sorted(self.everything, key=lambda each: each.sequence):
            before, _ = rows.get(event.stream, (None, 0))
            rows[event.stream] = (customer_orders.evolve(before, event), event.sequence)
        return rows


def place(stream: str, customer: str = "c1") -> tuple[str, Key]:
    return customer_orders.container, Key(partition=customer, id=stream)
