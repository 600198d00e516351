"""A command takes effect once, whoever else writes and whatever answer gets lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.commands import DeleteOrder, MoveOrder, PlaceOrder
from orders.decider import order
from orders.events import ORDER_EVENTS, OrderPlaced, OrderShipped, PaymentWaived
from orders.refusals import UnknownOrder
from shared.kernel import Conflict, Poison, Transient, Unknown
from shared.pipeline import Cause, EventCodec, Outdated, Transactor
from shared.ports import Item
from tests.fakes import FakeEventStore
from tests.orders import EPOCH, a_line

PLACE = PlaceOrder((a_line(),), "f")


@dataclass
class Moody(FakeEventStore):
    """Loses, refuses or delays the answers of its next appends, one mood each."""

    moods: list[str] = field(default_factory=list)

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        match self.moods.pop(0) if self.moods else "well":
            case "lost before":
                raise Unknown("the request never arrived")
            case "lost after":
                await super().append(stream, items)
                raise Unknown("the answer never arrived")
            case "overtaken":
                raise Conflict("somebody was first")
            case _:
                await asyncio.sleep(0)
                await super().append(stream, items)


def transactor(store: FakeEventStore) -> Transactor[Any, Any, Any]:
    return Transactor(order, EventCodec[Any](*ORDER_EVENTS), store, now=lambda: EPOCH)


def cause(number: int = 1) -> Cause:
    return Cause(f"cause-{number}", "conversation")


class Stopped(BaseException):
    """The process ends here."""


@dataclass
class Crashing(FakeEventStore):
    """Takes the process down while it appends for the first time: before the write, or after it."""

    when: str = "never"

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        when, self.when = self.when, "never"
        if when == "after":
            await super().append(stream, items)
        if when != "never":
            raise Stopped
        await super().append(stream, items)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_whoever_comes_after_a_crash_finds_the_key_usable_and_one_order(when: str) -> None:
    store = Crashing(when=when)
    with pytest.raises(Stopped):
        await transactor(store).open("o1", PLACE, cause=cause(1), customer_id="c1")

    second = await transactor(store).open("o1", PLACE, cause=cause(2), customer_id="c1")
    third = await transactor(store).open("o1", PLACE, cause=cause(3), customer_id="c1")

    assert kinds(store) == ["OrderPlaced"]
    assert (second.appended, third.appended) == (when == "before", False)
    assert second.state == third.state


async def placed(store: FakeEventStore) -> Transactor[Any, Any, Any]:
    orders = transactor(store)
    await orders.open("o1", PLACE, cause=cause(0), customer_id="c1")
    return orders


def kinds(store: FakeEventStore) -> list[object]:
    return [item["type"] for _, item in sorted(store.streams["o1"].items())]


@given(st.lists(st.sampled_from(["lost before", "lost after", "overtaken"]), max_size=5))
async def test_a_command_whose_answers_get_lost_takes_effect_once(moods: list[str]) -> None:
    store = Moody()
    orders = await placed(store)
    store.moods = moods

    moved = await orders.run("o1", MoveOrder("shipped"), cause=cause())

    assert kinds(store) == ["OrderPlaced", "OrderShipped", "PaymentWaived"]
    assert moved.state.status == "shipped"
    assert moved.sequence == 3


@given(st.lists(st.sampled_from(["lost before", "lost after", "overtaken"]), max_size=5))
async def test_placing_is_reported_as_done_here_even_when_its_answer_got_lost(moods: list[str]) -> None:
    store = Moody(moods=moods)

    opened = await transactor(store).open("o1", PLACE, cause=cause(), customer_id="c1")

    assert opened.appended
    assert kinds(store) == ["OrderPlaced"]


async def test_the_same_command_from_many_at_once_is_decided_once() -> None:
    store = Moody()
    orders = await placed(store)

    found = await asyncio.gather(*(orders.run("o1", MoveOrder("shipped"), cause=cause(n)) for n in range(1, 20)))

    assert sum(decision.appended for decision in found) == 1
    assert kinds(store) == ["OrderPlaced", "OrderShipped", "PaymentWaived"]


async def test_a_store_that_always_conflicts_is_given_up_after_a_bounded_number_of_times() -> None:
    store = Moody()
    orders = await placed(store)
    store.moods = ["overtaken"] * 100

    with pytest.raises(Transient):
        await orders.run("o1", MoveOrder("shipped"), cause=cause())

    assert len(store.moods) > 80


async def test_the_caller_can_insist_on_what_it_has_seen() -> None:
    store = Moody()
    orders = await placed(store)
    await orders.run("o1", MoveOrder("shipped"), cause=cause(1), only_at=lambda sequence: sequence == 1)

    with pytest.raises(Outdated):
        await orders.run("o1", MoveOrder("delivered"), cause=cause(2), only_at=lambda sequence: sequence == 1)

    assert kinds(store) == ["OrderPlaced", "OrderShipped", "PaymentWaived"]


async def test_opening_again_shows_what_there_is_and_says_that_it_added_nothing() -> None:
    store = Moody()
    orders = await placed(store)
    await orders.run("o1", MoveOrder("shipped"), cause=cause(1))

    again = await orders.open("o1", PLACE, cause=cause(2), customer_id="somebody else")

    assert not again.appended
    assert [type(event.body) for event in again.events] == [OrderPlaced, OrderShipped, PaymentWaived]
    assert orders.first(again).state.status == "pending"
    assert again.events[0].customer_id == "c1"


async def test_a_refused_command_writes_nothing() -> None:
    store = Moody()

    with pytest.raises(UnknownOrder):
        await transactor(store).run("o1", DeleteOrder(), cause=cause())

    assert store.streams == {}


async def test_what_belongs_to_an_order_is_written_with_it_or_not_at_all() -> None:
    store = Moody(moods=["overtaken"])
    private = {"id": "private", "orderId": "o1"}

    await transactor(store).open("o1", PLACE, cause=cause(), customer_id="c1", beside=[private])

    assert set(store.streams["o1"]) == {"000001", "private"}


async def test_a_stream_that_cannot_be_read_is_not_decided_on() -> None:
    store = Moody()
    orders = await placed(store)
    store.streams["o1"]["000001"] = dict(store.streams["o1"]["000001"]) | {"data": None}

    with pytest.raises(Poison, match="unreadable"):
        await orders.run("o1", DeleteOrder(), cause=cause())
