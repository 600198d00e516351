"""A whole saga in memory: one order, the real machine, the real gateways, and an outside world that misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Literal

from gateways import Books, Gateways, SandboxCarrier, Warehouse
from gateways.gateways import Payments
from gateways.payments import SandboxPayments
from orders.commands import OrderCommand, PlaceOrder, Record, ReportParcel
from orders.decider import order
from orders.effects import OrderEffect
from orders.events import ORDER_EVENTS, Answer, Line, OrderShipped
from orders.order import Order
from sagas.fulfilment import fulfilment
from shared.kernel import Conflict, Key, Refused, Transient
from shared.pipeline import Cause, EventCodec, Outside, Sagas, Transactor
from shared.ports import Item
from tests.fakes import FakeBuckets, FakeEventStore, FakeRows, Fate, Killed
from tests.orders import EPOCH, usd

ORDER = "o1"
LINES = (Line("tea", "Tea", 2, usd(350)), Line("milk", "Milk", 1, usd(99)), Line("tea", "Tea again", 1, usd(350)))
CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
RECEIVED = {"tea": 5, "milk": 5}

OK = "tok_ok"

# What becomes of one call to a provider.
type Fortune = Literal["answered", "answer lost", "never arrives", "arrives late", "arrives late and is told", "twice"]


@dataclass
class FatedEvents(FakeEventStore):
    """Appends are operations that a process can die of."""

    fate: Fate = field(default_factory=Fate)

    async def append(self, stream: str, items: Any) -> None:  # noqa: ANN401 - as the store it is
        held = self.streams.get(stream, {})
        if any(str(item["id"]) in held for item in items):
            raise Conflict(stream)
        await asyncio.sleep(0)
        if any(str(item["id"]) in self.streams.get(stream, {}) for item in items):
            raise Conflict(stream)
        self.fate.meet(lambda: self.streams.setdefault(stream, {}).update({str(i["id"]): dict(i) for i in items}))


@dataclass
class SagaWorld:
    """`token` is how the payment behaves by itself; `fortunes` what becomes of the coming calls, in their order."""

    token: str = OK
    levels: dict[str, int] = field(default_factory=lambda: dict(RECEIVED))
    lines: tuple[Line, ...] = LINES
    fortunes: list[Fortune] = field(default_factory=list)
    now: datetime = EPOCH
    fate: Fate = field(default_factory=Fate)
    late: list[tuple[OrderEffect, bool]] = field(default_factory=list)
    told: list[Answer] = field(default_factory=list)
    causes: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.events = FatedEvents(fate=self.fate)
        self.rows = FakeRows(fate=self.fate)
        self.buckets = FakeBuckets()
        self.books = Books(self.buckets, self)

    async def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        for (held, key, _), stored in list(self.buckets.items.items()):
            if (held, key) == (container, partition):
                yield stored.item

    async def begin(self) -> None:
        """The warehouse is filled and the order placed."""
        for product_id, level in self.levels.items():
            await Warehouse(self.buckets).set_level(product_id, level)
        await self.orders.open(ORDER, PlaceOrder(self.lines), cause=self.cause(), customer_id="c1")

    @property
    def orders(self) -> Transactor[Any, Any, Any]:
        return Transactor(order, CODEC, self.events, now=lambda: self.now)

    def worker(self) -> Sagas:
        """A process: what it remembers dies with it."""
        return Sagas(
            (fulfilment,),
            self.orders,
            self.rows,
            Outside(self.perform, Record),
            now=lambda: self.now,
            nonce=lambda: str(next(self.causes)),
            drain_seconds=None,
        )

    @property
    def gateways(self) -> Gateways:
        return Gateways(Warehouse(self.buckets), self._payments(), SandboxCarrier(self.buckets))

    def _payments(self) -> Payments:
        async def token(_: str) -> str:
            return self.token

        async def webhook(_: str, answer: Answer) -> None:
            self.told.append(answer)

        return SandboxPayments(self.buckets, token, webhook, late_seconds=1)

    async def perform(self, effect: OrderEffect) -> Answer | None:
        fortune = self.fortunes.pop(0) if self.fortunes else "answered"
        match fortune:
            case "never arrives":
                raise Transient("nobody is there")
            case "arrives late" | "arrives late and is told":
                self.late.append((effect, fortune.endswith("told")))
                raise Transient("no answer yet")
            case "twice":
                if (first := await self.gateways.perform(effect)) is not None:
                    self.told.append(first)
            case "answered" | "answer lost":
                pass
        answer = await self.gateways.perform(effect)
        if fortune == "answer lost":
            raise Transient("the answer was lost")
        return answer

    async def land(self) -> None:
        """The oldest late call reaches its provider, whatever happened since."""
        if self.late:
            effect, is_told = self.late.pop(0)
            with suppress(Transient):
                answer = await self.gateways.perform(effect)
                if is_told and answer is not None:
                    self.told.append(answer)

    async def hear(self) -> None:
        """A provider tells an answer by itself."""
        if self.told:
            with suppress(Killed):
                await self.orders.run(ORDER, Record(self.told[0]), cause=self.cause("webhook"))
                del self.told[0]

    async def ask(self, command: OrderCommand) -> bool:
        """Whether the order let it happen. A carrier has nothing to say of a parcel that it never made."""
        is_report = isinstance(command, ReportParcel)
        if is_report and (await self.state()).shipment == "requested" and await self.books.parcel(ORDER) is None:
            return False
        try:
            await self.orders.run(ORDER, command, cause=self.cause("carrier" if is_report else "http"))
        except (Refused, Killed):
            return False
        return True

    def cause(self, who: str = "http") -> Cause:
        return Cause(f"{who}:{next(self.causes)}", "conversation")

    async def touch(self, worker: Sagas | None = None) -> None:
        """Whoever comes by; a death ends what this process was doing and nothing else."""
        try:
            await (worker or self.worker()).touch(ORDER)
        except (Killed, Transient):
            return

    async def to_the_end(self) -> None:
        """From now on everybody answers, every call lands, and time goes on until nothing is left to do."""
        self.fortunes, self.fate.die_at = [], None
        while self.late:
            await self.land()
        for _ in range(60):
            while self.told:
                await self.hear()
            await self.touch()
            if await self.has_ended():
                return
            instance = await self.worker().find(ORDER)
            self.now = max(
                self.now + timedelta(seconds=1), instance.due_at if instance and instance.due_at else self.now
            )
        raise AssertionError("it never ends")

    async def has_ended(self) -> bool:
        instance, state = await self.worker().find(ORDER), await self.state()
        if instance is None:
            return not state.is_pending
        is_settled = fulfilment.has_ended(instance.progress, state)
        assert not is_settled or instance.due_at is None
        return is_settled and instance.progress.mark == (await self.orders.load(ORDER)).sequence

    async def state(self) -> Order:
        found: Order = (await self.orders.load(ORDER)).state
        return found

    async def check_laws(self) -> None:
        """On the providers' own books: that commands were sent proves nothing."""
        found = await self.orders.load(ORDER)
        state: Order = found.state
        owed = state.total.minor if state.is_with_customer and not state.is_waived else 0
        assert await self.books.kept(ORDER) == owed, ("money", state)
        for product_id in self.levels:
            shelf = await self.books.shelf(product_id)
            assert shelf is not None
            assert shelf.difference == 0, ("stock", shelf)
            assert shelf.available >= 0, ("stock", shelf)
            assert shelf.held == 0, ("a hold is left", shelf)
        by_carrier = any(isinstance(e.body, OrderShipped) and not e.body.by_hand for e in found.events)
        assert (await self.books.parcel(ORDER) is not None) == by_carrier, ("shipment", state)
        if await self.rows.read("sagas", Key(ORDER, "fulfilment")) and state.has_left:
            states = await self.books.holds(ORDER, self.levels)
            assert set(states.values()) <= {"consumed", "short", "refused"}, ("shipped, not consumed", states)
