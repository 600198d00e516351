"""Orders, a hub's messages about them, and an engine in memory that takes those, to be delivered in every wrong way."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Literal

from gateways.scans import RECEIVER, refused, scan
from orders.decider import order
from orders.events import ORDER_EVENTS, OrderEvent
from orders.order import Order
from shared.kernel import Key, Transient
from shared.pipeline import (
    Brake,
    Engine,
    EventCodec,
    Held,
    Inbox,
    Lanes,
    Ledgers,
    ParkedKeys,
    Pipeline,
    Receive,
    Suspects,
    Transactor,
)
from shared.pipeline.lanes import CONTAINER, HEAD, lane
from shared.ports import BucketStore, Item, RowStore
from tests.fakes import Clock, FakeBatches, FakeBuckets, FakeRows, Fate, Killed
from tests.orders import EPOCH, recorded
from tests.sagas.saga_world import FatedEvents

CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
CARRIER: Final = Receive(RECEIVER, scan, refused)

type Kind = Literal["delivered", "lost", "returned"]


def said(order_id: str, kind: str, event_id: str = "") -> str:
    """A scan as a carrier sends it; without an id of its own it is the one scan of that kind."""
    at = "2026-02-03T10:00:00+01:00"
    return json.dumps(
        {"orderId": order_id, "trackingId": "TRK1", "kind": kind, "at": at, "eventId": event_id or f"{order_id}-{kind}"}
    )


def arriving(*bodies: str, partition: str = "0", first: int = 0) -> list[Item]:
    """These bodies as the trigger hands them over, consecutive in one partition of the hub."""
    return [
        {"id": f"{partition}.{number}.x", "partition": partition, "sequence": number, "body": body}
        for number, body in enumerate(bodies, start=first)
    ]


@dataclass
class HubWorld:
    """`rows` and `batches` are what the engine is given; tests put trouble between."""

    fate: Fate = field(default_factory=Fate)
    clock: Clock = field(default_factory=Clock)
    nonces: "count[int]" = field(default_factory=count)
    rows: RowStore = field(init=False)
    batches: BucketStore = field(init=False)

    def __post_init__(self) -> None:
        self.stored = FakeRows(self.fate)
        self.partitions = FakeBatches(self.stored)
        self.rows, self.batches = self.stored, self.partitions
        self.events = FatedEvents(fate=self.fate)
        self.brake = Brake(self.clock)

    def has(self, order_id: str, *happened: OrderEvent) -> None:
        items = [CODEC.encode(event) for event in recorded(happened, stream=order_id)]
        self.events.streams[order_id] = {str(item["id"]): item for item in items}

    @property
    def engine(self) -> Engine:
        lanes = Lanes(self.rows, nonce=lambda: str(next(self.nonces)), now=lambda: EPOCH)
        streams = Transactor(order, CODEC, self.events, now=lambda: EPOCH)
        inbox = Inbox(streams, Held(self.batches, self.rows, self.partitions))
        ledgers = Ledgers(FakeBuckets())
        return Engine(CODEC, self.events, self.rows, lanes, self.brake, ledgers, inboxes={RECEIVER: inbox})

    @property
    def desk(self) -> ParkedKeys:
        return ParkedKeys(self.engine, {RECEIVER: CARRIER}, self)

    async def parked(self) -> Sequence[Item]:
        places = self.stored.rows.items()
        return [stored.item for (container, key), stored in places if (container, key.id) == (CONTAINER, HEAD)]

    async def count(self, consumer: str) -> int:
        return sum(item["consumer"] == consumer for item in await self.parked())

    async def deliver(self, items: Iterable[Item]) -> None:
        suspects = Suspects(self.rows, self.clock, max_seconds=5)
        await Pipeline(self.engine, suspects, max_seconds=5).take(CARRIER, list(items))

    async def deliver_until_taken(self, items: Iterable[Item]) -> None:
        """As the host does: the same batch again to whoever comes next."""
        batch = list(items)
        taken = False
        while not taken:
            try:
                await self.deliver(batch)
                taken = True
            except* (Killed, Transient):
                taken = False

    def state(self, order_id: str) -> Order | None:
        return order.fold(event.body for event in self.history(order_id))

    def history(self, order_id: str) -> tuple[Any, ...]:
        return CODEC.history(list(self.events.streams.get(order_id, {}).values()))

    def names(self, order_id: str) -> list[str]:
        return [type(event.body).__name__ for event in self.history(order_id)]

    async def waiting(self, order_id: str) -> list[str]:
        """The bodies that wait behind the order's head, in their order."""
        found = await Held(self.partitions, self.stored, self.partitions).waiting(lane_of(order_id))
        return [str(each.item["body"]) for each in found]


def lane_of(order_id: str) -> str:
    return lane(RECEIVER, Key(order_id, order_id))
