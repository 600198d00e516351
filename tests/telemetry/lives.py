"""One order from its placing to its end, all rooms together in memory, with somebody listening."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from gateways import Gateways, SandboxCarrier, Warehouse
from gateways.payments import SandboxPayments
from orders.commands import OrderCommand, PlaceOrder, Record
from orders.decider import order
from orders.effects import OrderEffect
from orders.events import ORDER_EVENTS, Answer
from orders.publication import ORDER_PUBLICATION
from projections import PROJECTIONS, TALLIES
from sagas.fulfilment import fulfilment
from shared.kernel import Transient
from shared.observer import SILENT, Observer, charged
from shared.pipeline import (
    Advance,
    Brake,
    Cause,
    CloudEvents,
    Consumer,
    Count,
    Dispatch,
    Engine,
    EventCodec,
    Forward,
    Lanes,
    Ledgers,
    Outside,
    Pipeline,
    Project,
    Publish,
    Sagas,
    Transactor,
)
from shared.ports import Item, Taken
from tests.fakes import Clock, FakeBuckets, FakeEventStore, FakeRows
from tests.orders import EPOCH
from tests.pipeline.worlds import Seasoned, text
from tests.sagas.saga_world import LINES, RECEIVED

CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
CALL = 1.5


@dataclass
class Hub:
    """Takes everything."""

    sent: list[bytes] = field(default_factory=list)

    async def send(self, key: str, messages: Sequence[bytes]) -> Taken:
        del key
        self.sent.extend(messages)
        return Taken(len(messages))


@dataclass
class ChargedRows(FakeRows):
    """Each answer costs something, as the real store's."""

    async def read(self, container: str, key: Any) -> Any:  # noqa: ANN401 - as the store it is
        charged(CALL)
        return await super().read(container, key)


@dataclass
class Life:
    """`token` says how the payment behaves; when `is_away` no provider is there."""

    observer: Observer = SILENT
    token: str = "tok_ok"  # noqa: S105 - what the sandbox takes for a card
    is_away: bool = False
    now: datetime = EPOCH
    causes: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.events, self.rows, self.buckets = FakeEventStore(), ChargedRows(), FakeBuckets()
        self.hub, self.clock = Hub(), Clock()
        self.orders: Transactor[Any, Any, Any] = Transactor(
            order, CODEC, self.events, now=lambda: self.now, observer=self.observer
        )
        self.lanes = Lanes(self.rows, nonce=lambda: str(next(self.causes)), now=lambda: self.now)
        self.gateways, self.pipeline = self._gateways(), self._pipeline()

    @property
    def consumers(self) -> Sequence[Consumer]:
        return (
            *(Project(each) for each in PROJECTIONS),
            *(Count(each) for each in TALLIES),
            Forward("publish_orders"),
            Advance("fulfilment"),
        )

    async def placed(self, stream: str = "o1", *, customer: str = "c1", **fields: Any) -> None:  # noqa: ANN401 - a cause's
        for product, level in RECEIVED.items():
            await Warehouse(self.buckets).set_level(product, level)
        await self.orders.open(stream, PlaceOrder(LINES), cause=self.cause(**fields), customer_id=customer)

    async def asked(self, command: OrderCommand, stream: str = "o1") -> None:
        await self.orders.run(stream, command, cause=self.cause())

    async def delivered(self, *, attempt: int = 1) -> None:
        """Every consumer gets the whole feed once, as it is by then."""
        for consumer in self.consumers:
            await self.given(consumer, self.feed(), attempt=attempt)
        due = [stored.item for (container, _), stored in self.rows.rows.items() if container == "sagas"]
        await self.given(Dispatch("fulfilment", lambda: self.now), due)

    async def given(self, consumer: Consumer, items: Sequence[object], *, attempt: int = 1) -> None:
        await self.pipeline.run(consumer, text(items), attempt=attempt)
        await self.sagas.settle()

    async def until_settled(self) -> None:
        known = -1
        while known != len(self.feed()):
            known = len(self.feed())
            self.now += timedelta(seconds=1)
            await self.delivered()

    def feed(self) -> list[Item]:
        return [item for stream in self.events.streams.values() for item in stream.values()]

    def cause(self, **fields: Any) -> Cause:  # noqa: ANN401 - a cause's
        return Cause(f"test:{next(self.causes)}", "conversation", **fields)

    def _pipeline(self) -> Pipeline:
        self.sagas = Sagas(
            (fulfilment,),
            self.orders,
            self.rows,
            Outside(self._perform, Record),
            now=lambda: self.now,
            nonce=lambda: str(next(self.causes)),
            drain_seconds=None,
            observer=self.observer,
        )
        brake, ledgers, sagas = Brake(self.clock), Ledgers(self.buckets), {"fulfilment": self.sagas}
        outlets = {"publish_orders": Publish(CloudEvents(ORDER_PUBLICATION), self.hub, self.observer)}
        engine = Engine(
            CODEC, self.events, self.rows, self.lanes, brake, ledgers, sagas, observer=self.observer, outlets=outlets
        )
        return Pipeline(engine, Seasoned(self.rows, self.clock, max_seconds=5), max_seconds=5)

    async def _perform(self, effect: OrderEffect) -> Answer | None:
        if self.is_away:
            raise Transient("nobody is there")
        return await self.gateways.perform(effect)

    def _gateways(self) -> Gateways:
        async def token(_: str) -> str:
            return self.token

        async def webhook(stream: str, answer: Answer) -> None:
            await self.orders.run(stream, Record(answer), cause=self.cause())

        payments = SandboxPayments(self.buckets, token, webhook, late_seconds=1, sleep=lambda _: asyncio.sleep(0))
        return Gateways(Warehouse(self.buckets), payments, SandboxCarrier(self.buckets), self.observer)
