"""However the outside world and our own processes misbehave: what was begun is finished or wholly undone."""

import asyncio
from datetime import timedelta
from typing import Literal, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.commands import DeleteOrder, MoveOrder, OrderCommand, ReportParcel
from orders.events import Line, OrderShipped, PaymentRefunded, StockReleased
from tests.fakes import Fate
from tests.orders import usd
from tests.sagas.saga_world import OK, ORDER, RECEIVED, Fortune, SagaWorld

type Happening = Literal["come by", "twice at once", "land", "hear", "a second", "a minute", "a quarter", "two hours"]

PASSING: dict[str, timedelta] = {
    "a second": timedelta(seconds=1),
    "a minute": timedelta(minutes=1),
    "a quarter": timedelta(minutes=16),
    "two hours": timedelta(hours=2),
}
COMMANDS: tuple[OrderCommand, ...] = (
    MoveOrder("cancelled"),
    MoveOrder("shipped"),
    MoveOrder("delivered"),
    DeleteOrder(),
    ReportParcel("delivered"),
    ReportParcel("lost"),
    ReportParcel("returned"),
)

fortunes = st.lists(st.sampled_from(get_args(Fortune.__value__)), max_size=8)
happenings = st.lists(st.one_of(st.sampled_from(get_args(Happening.__value__)), st.sampled_from(COMMANDS)), max_size=14)
levels = st.sampled_from([dict(RECEIVED), {"tea": 2, "milk": 5}, {"tea": 5, "milk": 0}, {"milk": 5}, {}])
tokens = st.sampled_from(["tok_ok", "tok_ok", "tok_declined", "tok_timeout_charged", "tok_timeout_not_charged"])
deaths = st.one_of(st.none(), st.tuples(st.integers(1, 40), st.booleans()))


async def happen(world: SagaWorld, happening: str | OrderCommand) -> None:
    match happening:
        case "come by":
            await world.touch()
        case "twice at once":
            await asyncio.gather(world.touch(), world.touch())
        case "land":
            await world.land()
        case "hear":
            await world.hear()
        case str(passing):
            world.now += PASSING[passing]
        case command:
            await world.ask(command)


@settings(max_examples=300, deadline=None)
@given(fortunes, happenings, levels, tokens, deaths)
async def test_every_saga_ends_completed_or_undone_and_the_books_agree(
    fortunes: list[Fortune],
    happenings: list[str | OrderCommand],
    levels: dict[str, int],
    token: str,
    death: tuple[int, bool] | None,
) -> None:
    world = SagaWorld(token=token, levels=levels, fortunes=list(fortunes))
    await world.begin()
    if death:
        world.fate.die_at, world.fate.after_effect, world.fate.step = death[0], death[1], 0

    for happening in happenings:
        await happen(world, happening)
    await world.to_the_end()

    await world.check_laws()


async def steps_of(world: SagaWorld) -> int:
    await world.begin()
    world.fate.step = 0
    await world.touch()
    return world.fate.step


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("token", [OK, "tok_declined"])
async def test_a_process_that_dies_between_any_two_writes_leaves_nothing_half_done(
    token: str, *, after_effect: bool
) -> None:
    for at in range(1, await steps_of(SagaWorld(token=token)) + 1):
        world = SagaWorld(token=token)
        await world.begin()
        world.fate = Fate(die_at=at, after_effect=after_effect)
        world.events.fate = world.rows.fate = world.fate

        await world.touch()
        await world.to_the_end()

        await world.check_laws()
        assert (await world.state()).status == ("shipped" if token == OK else "cancelled"), at


async def test_an_order_goes_all_the_way_in_one_go() -> None:
    world = SagaWorld()
    await world.begin()

    await world.touch()

    assert await world.has_ended()
    kinds = [type(event.body).__name__ for event in (await world.orders.load(ORDER)).events]
    assert kinds == [
        "OrderPlaced",
        "StockHeld",
        "PaymentRequested",
        "PaymentCaptured",
        "ShipmentRequested",
        "OrderShipped",
    ]
    await world.check_laws()


async def test_a_late_charge_after_everything_was_undone_charges_nothing() -> None:
    world = SagaWorld(fortunes=["answered", "arrives late and is told"])
    await world.begin()
    await world.touch()
    world.fortunes = []
    world.now += timedelta(minutes=16)
    await world.touch()
    assert (await world.state()).status == "cancelled"

    await world.land()
    await world.hear()
    await world.to_the_end()

    assert await world.books.kept(ORDER) == 0
    await world.check_laws()


async def test_a_parcel_that_is_lost_gives_the_money_back_but_not_the_goods() -> None:
    world = SagaWorld()
    await world.begin()
    await world.touch()

    assert await world.ask(ReportParcel("lost"))
    await world.to_the_end()

    kinds = {type(event.body) for event in (await world.orders.load(ORDER)).events}
    assert PaymentRefunded in kinds
    assert StockReleased not in kinds
    assert (await world.state()).status == "cancelled"
    await world.check_laws()


async def test_an_order_shipped_by_hand_while_nobody_answered_is_waived_in_the_end() -> None:
    world = SagaWorld("tok_timeout_not_charged")
    await world.begin()
    await world.touch()

    assert await world.ask(MoveOrder("shipped"))
    await world.to_the_end()

    state = await world.state()
    assert (state.status, state.payment, state.is_waived) == ("shipped", "declined", True)
    await world.check_laws()


async def test_a_saga_begins_only_while_its_order_is_pending() -> None:
    world = SagaWorld()
    await world.begin()
    assert await world.ask(MoveOrder("cancelled"))

    await world.touch()

    assert await world.worker().find(ORDER) is None


async def test_two_workers_at_once_ship_once() -> None:
    world = SagaWorld(lines=(Line("tea", "Tea", 5, usd(100)),))
    await world.begin()

    await asyncio.gather(*(world.touch(world.worker()) for _ in range(4)))
    await world.to_the_end()

    shipped = [event for event in (await world.orders.load(ORDER)).events if isinstance(event.body, OrderShipped)]
    assert len(shipped) == 1
    await world.check_laws()


async def test_a_saga_whose_item_is_gone_goes_on_from_its_stream() -> None:
    """An account may be restored to a moment between two writes."""
    world = SagaWorld(fortunes=["answered", "answer lost"])
    await world.begin()
    await world.touch()
    world.rows.rows.clear()

    await world.to_the_end()

    assert (await world.state()).status == "shipped"
    await world.check_laws()


async def test_orders_placed_while_the_saga_was_off_are_fulfilled_when_it_is_on_again() -> None:
    world = SagaWorld()
    await world.begin()
    world.now += timedelta(days=30)

    await world.touch()

    assert (await world.state()).status == "shipped"
    await world.check_laws()
