"""What goes wrong in one generation stays there, and a rebuild that dies anywhere goes on where it was."""

import asyncio
from dataclasses import replace
from itertools import count

import pytest

from orders.events import OrderEvent, OrderPlaced, OrderShipped
from projections.order_board import BoardOrder, evolve, order_board
from shared.kernel import Generation, Key, NotNow, Recorded, Transient
from shared.pipeline.brake import AT_LEAST
from shared.pipeline.lanes import CONTAINER
from shared.pipeline.rebuild.one_key import refold
from tests.fakes import Fate, Killed
from tests.orders import a_line, recorded, usd
from tests.pipeline.rebuild.towns import FakeCatalogue, Town, View, another

PLACED, SHIPPED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True)


def stumbles(row: BoardOrder | None, event: Recorded[OrderEvent]) -> BoardOrder | None:
    if event.stream == "o1" and isinstance(event.body, OrderShipped):
        raise ArithmeticError
    return evolve(row, event)


def breaks(*_: object) -> BoardOrder | None:
    raise ArithmeticError


STUMBLING = replace(order_board, evolve=stumbles)


async def lived_in(orders: int, *bodies: OrderEvent, live: View = order_board, new: View | None = None) -> Town:
    town = Town(live, versions=(new,) if new else ())
    for n in range(orders):
        town.append(recorded(bodies, stream=f"o{n}", customer=f"c{n}"))
    await town.worker().work()
    return town


async def rebuilt(town: Town) -> None:
    """As an operator does who asks again and again until it is done, and looks first."""
    operator = town.operator()
    if (await operator.stands()).previous is None:
        await operator.grow(1)
        assert (await operator.promote()).unexplained == ()
    await operator.close_lanes()


@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_rebuild_that_dies_at_any_store_operation_goes_on_and_ends_the_same(after_effect: bool) -> None:
    for die_at in count(1):
        town = await lived_in(3, PLACED, SHIPPED)
        town.rows.fate = Fate(die_at, after_effect=after_effect)
        try:
            await rebuilt(town)
        except (Killed, BaseExceptionGroup):
            town.rows.fate = Fate()
            await rebuilt(town)
            assert town.generation(2) == town.generation(1)
            assert len(town.generation(2)) == 3
            continue
        break

    assert die_at > 15


@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_clearing_that_dies_at_any_store_operation_is_finished_by_the_next(after_effect: bool) -> None:
    for die_at in count(1):
        town = await lived_in(3, PLACED, SHIPPED, live=STUMBLING, new=another(order_board, evolve))
        operator = town.operator()
        await operator.grow(2)
        await operator.promote()
        town.rows.fate = Fate(die_at, after_effect=after_effect)
        try:
            await operator.retire()
        except (Killed, BaseExceptionGroup):
            town.rows.fate = Fate()
            await operator.retire()
            assert (town.generation(1), len(town.generation(2))) == ({}, 3)
            assert await FakeCatalogue(town.rows).parked() == []
            continue
        break

    assert die_at > 8


async def test_two_who_fill_one_generation_are_told_so_and_one_goes_on() -> None:
    town = await lived_in(6, PLACED, SHIPPED)
    one, other = town.operator(), town.operator()

    ended = await asyncio.gather(one.grow(1), other.grow(1), return_exceptions=True)
    await town.operator().grow(1)

    assert any(isinstance(each, NotNow) for each in ended)
    assert town.generation(2) == town.generation(1)


async def test_what_is_behind_is_not_read_again_after_a_crash() -> None:
    town = await lived_in(6, PLACED, SHIPPED)
    operator = town.operator()
    read: list[None] = []

    async def power_cut() -> None:
        read.append(None)
        if len(read) == 4:
            raise Killed

    town.feed.between = power_cut
    with pytest.raises((Killed, BaseExceptionGroup)):
        await operator.grow(1)
    before = len(read)

    async def counted() -> None:
        read.append(None)

    town.feed.between = counted

    progress = await town.operator().grow(1)

    assert progress.events == len(town.feed.events)
    assert len(read) - before <= before + 2


async def test_keys_parked_in_the_live_generation_are_explained_and_their_lanes_closed_with_a_record() -> None:
    mended = another(order_board, evolve)
    town = await lived_in(3, PLACED, SHIPPED, live=STUMBLING, new=mended)
    operator = town.operator()
    await operator.grow(2)

    compared = await operator.promote()

    assert [(each.key.id, each.why) for each in compared.differences] == [("o1", "was parked")]
    assert compared.unexplained == ()
    (head,) = await FakeCatalogue(town.rows).parked()
    assert head["state"] == "closed"
    record = town.rows.rows[CONTAINER, Key(str(head["lane"]), f"closed-{head['nonce']}")].item
    assert record["because"] == "generation 2 is read instead"
    assert (await town.worker().shown())["o1"] == "shipped"


async def test_after_a_roll_back_a_closed_lane_opens_with_the_next_event_of_its_key() -> None:
    town = await lived_in(3, PLACED, SHIPPED, live=STUMBLING, new=another(order_board, evolve))
    operator, worker = town.operator(), town.worker()
    await operator.grow(2)
    await operator.promote()
    await operator.roll_back()

    town.append([recorded([PLACED, SHIPPED, SHIPPED], stream="o1", customer="c1")[2]])
    await worker.work()

    (head,) = await FakeCatalogue(town.rows).parked()
    assert (head["state"], head["first"], head["last"]) == ("open", 2, 3)


async def test_a_retired_generation_takes_its_lanes_along() -> None:
    town = await lived_in(3, PLACED, SHIPPED, live=STUMBLING, new=another(order_board, evolve))
    operator = town.operator()
    await operator.grow(2)
    await operator.promote()

    await operator.retire()

    assert await FakeCatalogue(town.rows).parked() == []
    assert town.generation(1) == {}


async def test_a_key_that_only_the_new_version_parks_is_refused() -> None:
    town = await lived_in(3, PLACED, SHIPPED, new=another(order_board, stumbles))
    operator = town.operator()
    await operator.grow(2)

    compared = await operator.promote()

    assert [(each.key.id, each.why) for each in compared.unexplained] == [("o1", "parked")]


async def test_a_lane_of_a_generation_is_released_into_that_generation() -> None:
    town = await lived_in(3, PLACED, SHIPPED, new=another(order_board, stumbles))
    operator = town.operator()
    await operator.grow(2)
    (head,) = await FakeCatalogue(town.rows).parked()

    town.versions = (another(order_board, evolve),)
    outcome = await town.project.release(Key(str(head["partition"]), str(head["row"])), town.worker().engine)

    assert outcome == "released"
    assert town.generation(2) == town.generation(1)


async def test_a_version_that_breaks_on_everything_stops_its_backfill_and_not_the_feed() -> None:
    orders = 3 * AT_LEAST
    town = await lived_in(orders, PLACED, new=another(order_board, breaks))
    with pytest.raises(Transient):
        await town.operator().grow(2)

    for n in range(orders):
        town.append(recorded([PLACED], stream=f"p{n}"))
    await town.worker().work(most=1000)

    assert len(town.generation(1)) == 2 * orders


async def test_a_single_row_shows_what_a_fold_would_change_and_is_written_only_then() -> None:
    town = await lived_in(2, PLACED, SHIPPED)
    place = Generation().place(order_board.key(recorded([PLACED], stream="o1", customer="c1")[0]) or Key("", ""))
    wrong = town.rows.rows[order_board.container, place]
    town.rows._put(order_board.container, place, {**wrong.item, "status": "pending"})
    engine = town.worker().engine

    found = await refold(town.project, "o1", engine)
    shown, before = dict(found.changes), town.generation(1)["o1"]
    await found.write(engine)

    assert shown == {"status": ("pending", "shipped")}
    assert before != town.generation(1)["o1"]
    assert (await refold(town.project, "o1", engine)).changes == {}


async def test_a_single_row_that_is_parked_or_unknown_is_left_alone() -> None:
    town = await lived_in(2, PLACED, SHIPPED, live=STUMBLING)

    with pytest.raises(NotNow, match="release"):
        await refold(town.project, "o1", town.worker().engine)
    with pytest.raises(NotNow, match="nobody"):
        await refold(town.project, "nobody", town.worker().engine)


async def test_a_store_that_is_away_for_a_while_does_not_end_a_backfill() -> None:
    town = await lived_in(3, PLACED, SHIPPED)
    looks: list[None] = []

    async def away() -> None:
        looks.append(None)
        if len(looks) in {2, 3, 5}:
            raise Transient("away")

    town.feed.between = away

    await town.operator().grow(1)

    assert town.generation(2) == town.generation(1)
