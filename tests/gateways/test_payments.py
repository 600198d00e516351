"""The payment provider of the sandbox: how each token behaves, what it charges in the end, and what it never tells."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gateways import Books, SandboxPayments
from gateways.payments import LATE_TRIES, payment_book
from orders.events import Answer, PaymentCaptured, PaymentDeclined, PaymentRefunded
from orders.refusals import UnknownOrder
from shared.kernel import Conflict, Failure, Poison, Transient, Unknown
from tests.fakes import Clock, FakeBuckets
from tests.gateways.cells import PRICE
from tests.gateways.stores import FakePartitions, Unreliable

TOKENS = (
    "tok_ok",
    "tok_declined",
    "tok_timeout_not_charged",
    "tok_timeout_charged",
    "tok_late",
    "tok_duplicate_answer",
    "tok_slow",
    "tok_that_nobody_knows",
)
SILENT = ("tok_timeout_not_charged", "tok_timeout_charged", "tok_late")


@dataclass
class Gate:
    """A clock that stands until it is opened; remembers how long it was asked to wait."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.opened.wait()

    async def reached(self) -> None:
        async with asyncio.timeout(5):
            while not self.asked:
                await asyncio.sleep(0)


@dataclass
class Sandbox:
    """One order with this token, whose late answers are heard here."""

    behaviour: str
    fake: FakeBuckets = field(default_factory=FakeBuckets)
    gate: Gate = field(default_factory=Gate)
    deaf: int = 0
    trouble: Exception = field(default_factory=lambda: Transient("not now"))
    heard: "asyncio.Queue[tuple[str, Answer]]" = field(default_factory=asyncio.Queue)

    @property
    def payments(self) -> SandboxPayments:
        return SandboxPayments(self.fake, self.token, self.hear, late_seconds=90, slow_seconds=3, sleep=self.gate.sleep)

    async def token(self, _: str) -> str:
        return self.behaviour

    async def hear(self, order_id: str, answer: Answer) -> None:
        if self.deaf:
            self.deaf -= 1
            raise self.trouble
        await self.heard.put((order_id, answer))

    async def next_heard(self) -> tuple[str, Answer]:
        async with asyncio.timeout(5):
            return await self.heard.get()

    async def kept(self) -> int:
        return await Books(self.fake, FakePartitions(self.fake)).kept("o1")


@pytest.mark.parametrize(("token", "kept"), [("tok_ok", 250), ("tok_declined", 0), ("tok_that_nobody_knows", 0)])
async def test_a_token_is_charged_or_declined_and_that_is_final(token: str, kept: int) -> None:
    sandbox = Sandbox(token)

    first = await sandbox.payments.capture("o1", PRICE)

    assert isinstance(first, PaymentCaptured if kept else PaymentDeclined)
    assert await sandbox.payments.capture("o1", PRICE) == first
    assert await sandbox.kept() == kept


async def test_a_charge_and_its_refund_tell_the_first_amount_whoever_asks_again() -> None:
    payments = Sandbox("tok_ok").payments
    await payments.capture("o1", PRICE)

    assert await payments.capture("o1", PRICE.times(2)) == PaymentCaptured(PRICE)
    assert await payments.close("o1") == PaymentCaptured(PRICE)
    assert await payments.undo("o1") == await payments.undo("o1") == PaymentRefunded(PRICE)


@pytest.mark.parametrize(
    ("token", "before", "after"), [("tok_timeout_not_charged", 0, 0), ("tok_timeout_charged", 250, 250)]
)
async def test_a_capture_that_is_never_answered_has_happened_or_not(token: str, before: int, after: int) -> None:
    sandbox = Sandbox(token)

    for _ in range(3):
        with pytest.raises(Transient):
            await sandbox.payments.capture("o1", PRICE)
        assert await sandbox.kept() == before

    closed = await sandbox.payments.close("o1")
    assert isinstance(closed, PaymentCaptured if after else PaymentDeclined)
    assert await sandbox.kept() == after


@pytest.mark.parametrize(("token", "refunded"), [("tok_timeout_not_charged", False), ("tok_timeout_charged", True)])
async def test_what_is_undone_after_a_lost_answer_stays_undone(token: str, *, refunded: bool) -> None:
    sandbox = Sandbox(token)
    with pytest.raises(Transient):
        await sandbox.payments.capture("o1", PRICE)

    undone = await sandbox.payments.undo("o1")

    assert isinstance(undone, PaymentRefunded if refunded else PaymentDeclined)
    with pytest.raises(Transient):
        await sandbox.payments.capture("o1", PRICE)
    assert await sandbox.payments.undo("o1") == undone
    assert await sandbox.kept() == 0


async def test_a_late_charge_reaches_the_book_after_its_time_and_is_told_once() -> None:
    sandbox = Sandbox("tok_late")
    payments = sandbox.payments
    for _ in range(3):
        with pytest.raises(Transient):
            await payments.capture("o1", PRICE)
        await asyncio.sleep(0)
    assert await sandbox.kept() == 0

    sandbox.gate.opened.set()

    assert await sandbox.next_heard() == ("o1", PaymentCaptured(PRICE))
    assert sandbox.gate.asked == [90]
    assert await sandbox.kept() == 250
    assert await payments.undo("o1") == PaymentRefunded(PRICE)


@pytest.mark.parametrize("ended_by", ["undo", "close"])
async def test_a_late_charge_finds_its_order_closed_and_charges_nothing(ended_by: str) -> None:
    sandbox = Sandbox("tok_late")
    payments = sandbox.payments
    with pytest.raises(Transient):
        await payments.capture("o1", PRICE)
    await asyncio.sleep(0)
    ended = await (payments.undo("o1") if ended_by == "undo" else payments.close("o1"))

    sandbox.gate.opened.set()

    late = await sandbox.next_heard()
    assert late == ("o1", ended)
    assert isinstance(ended, PaymentDeclined)
    assert await sandbox.kept() == 0


@pytest.mark.parametrize("trouble", [Transient("not now"), Poison("unreadable", "o1"), UnknownOrder("o1")], ids=repr)
@pytest.mark.parametrize(("deaf", "heard"), [(1, 1), (LATE_TRIES - 1, 1), (LATE_TRIES, 0)])
async def test_a_late_answer_is_told_again_to_the_deaf_and_then_no_more(
    deaf: int, heard: int, trouble: Exception
) -> None:
    sandbox, clock = Sandbox("tok_late", deaf=deaf, trouble=trouble), Clock()
    payments = SandboxPayments(sandbox.fake, sandbox.token, sandbox.hear, late_seconds=90, sleep=clock.sleep)

    with pytest.raises(Transient):
        await payments.capture("o1", PRICE)
    while payments._late:
        await asyncio.sleep(0)

    assert sandbox.heard.qsize() == heard
    assert clock.seconds == 90 * min(deaf + 1, LATE_TRIES)
    assert await sandbox.kept() == 250


async def test_an_answer_can_come_twice() -> None:
    sandbox = Sandbox("tok_duplicate_answer")

    answer = await sandbox.payments.capture("o1", PRICE)

    assert answer == PaymentCaptured(PRICE)
    assert await sandbox.next_heard() == ("o1", answer)
    assert await sandbox.kept() == 250


async def test_a_slow_charge_is_not_made_before_its_time() -> None:
    sandbox = Sandbox("tok_slow")
    call = asyncio.create_task(sandbox.payments.capture("o1", PRICE))
    await sandbox.gate.reached()
    assert sandbox.gate.asked == [3]
    assert await sandbox.kept() == 0

    sandbox.gate.opened.set()

    assert await call == PaymentCaptured(PRICE)


async def test_a_slow_charge_that_was_voided_meanwhile_is_declined() -> None:
    sandbox = Sandbox("tok_slow")
    call = asyncio.create_task(sandbox.payments.capture("o1", PRICE))
    await sandbox.gate.reached()
    undone = await sandbox.payments.undo("o1")

    sandbox.gate.opened.set()

    assert await call == undone
    assert await sandbox.kept() == 0


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("trouble", [None, Transient("away"), Unknown("lost"), Conflict("changed")])
async def test_a_token_is_never_told(token: str, trouble: Failure | None, caplog: pytest.LogCaptureFixture) -> None:
    sandbox, told = Sandbox(token), list[object]()
    sandbox.gate.opened.set()
    store = Unreliable(sandbox.fake, {call: trouble for call in range(100) if trouble})
    payments = SandboxPayments(store, sandbox.token, sandbox.hear, late_seconds=1, sleep=sandbox.gate.sleep)

    with caplog.at_level(logging.DEBUG):
        for ask in (payments.capture("o1", PRICE), payments.close("o1"), payments.undo("o1")):
            try:
                told.append(await ask)
            except Failure as failure:
                told += _chain(failure)
        while payments._late:
            await asyncio.sleep(0)

    kept = [stored.item for stored in sandbox.fake.items.values()]
    assert "tok_" not in f"{told} {kept} {caplog.text} {list(_drained(sandbox.heard))}"
    assert token in SILENT or trouble or isinstance(told[0], PaymentCaptured | PaymentDeclined)


async def test_an_order_that_was_never_paid_kept_nothing() -> None:
    sandbox = Sandbox("tok_ok")

    assert await sandbox.kept() == 0
    assert await payment_book(sandbox.fake).look("o1") is None


def _chain(error: BaseException | None) -> list[object]:
    return [] if error is None else [repr(error), str(error), *_chain(error.__cause__), *_chain(error.__context__)]


def _drained(queue: "asyncio.Queue[tuple[str, Answer]]") -> Sequence[tuple[str, Answer]]:
    return [queue.get_nowait() for _ in range(queue.qsize())]
