"""A key that is parked in the live generation explains what the grown one has more, and not what it lacks."""

from dataclasses import replace

import pytest

from orders.events import OrderEvent, OrderPlaced, OrderShipped
from projections.order_board import SHARDS, BoardOrder, evolve, order_board
from shared.kernel import Generation, Generations, Key, NotNow, Recorded
from tests.orders import a_line, recorded, usd
from tests.pipeline.rebuild.towns import FakeCatalogue, Town, View, another

PLACED, SHIPPED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True)


def stumbles(row: BoardOrder | None, event: Recorded[OrderEvent]) -> BoardOrder | None:
    if event.stream == "o1" and isinstance(event.body, OrderShipped):
        raise ArithmeticError
    return evolve(row, event)


def stumbles_and_errs(row: BoardOrder | None, event: Recorded[OrderEvent]) -> BoardOrder | None:
    after = stumbles(row, event)
    return replace(after, customer_id="someone") if after and event.stream == "o1" else after


STUMBLING = replace(order_board, evolve=stumbles)
# Where the parked order's row is in the second generation.
PLACE = order_board.container, Generation(2, 2).place(Key(SHARDS.bucket("o1"), "o1"))


async def grown(new: View) -> Town:
    town = Town(STUMBLING, versions=(new,))
    for name in ("o0", "o1"):
        town.append(recorded([PLACED, SHIPPED], stream=name))
    await town.worker().work()
    await town.operator().grow(2)
    return town


async def test_a_parked_key_is_no_excuse_for_a_row_that_is_missing() -> None:
    town = await grown(another(order_board, evolve))
    stored = town.rows.rows.pop(PLACE)

    (refused,) = (await town.operator().promote()).unexplained
    town.rows.rows[PLACE] = stored
    promoted = await town.operator().promote()

    assert (refused.key.id, refused.why) == ("o1", "behind")
    assert promoted.unexplained == ()


async def test_a_parked_key_is_no_excuse_for_a_row_that_lacks_an_event() -> None:
    town = await grown(another(order_board, evolve))
    stored = town.rows.rows[PLACE]
    town.rows._put(*PLACE, {**stored.item, "mark": 1, "status": "pending", "customerId": "c9"})

    (refused,) = (await town.operator().promote()).unexplained

    assert (refused.key.id, refused.why) == ("o1", "behind")


async def test_a_key_that_both_have_parked_at_one_place_has_to_say_the_same_until_there() -> None:
    town = await grown(another(order_board, stumbles_and_errs))

    (refused,) = (await town.operator().promote()).unexplained

    assert (refused.key.id, refused.why, refused.fields) == ("o1", "differs", ("customerId",))


async def test_a_command_that_died_right_after_the_promotion_closes_its_lanes_when_it_is_given_again() -> None:
    town = await grown(another(order_board, evolve))
    await town.operator()._step(Generations.promote)
    before = [head["state"] for head in await FakeCatalogue(town.rows).parked()]

    with pytest.raises(NotNow, match="retire"):
        await town.operator().grow(2)

    assert before == ["open"]
    assert [head["state"] for head in await FakeCatalogue(town.rows).parked()] == ["closed"]
