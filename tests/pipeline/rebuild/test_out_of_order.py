"""A generation that grows is fed from two places, and neither brings every event in order: nothing is left out."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.events import OrderDelivered, OrderEvent, OrderPlaced, OrderShipped, PaymentWaived
from projections.order_board import BoardOrder, evolve, order_board
from shared.kernel import Recorded
from shared.pipeline.rebuild.growing import Grow
from tests.orders import a_line, histories, recorded, usd
from tests.pipeline.rebuild.towns import FakeCatalogue, Town
from tests.pipeline.worlds import text

PLACED, SHIPPED, WAIVED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True), PaymentWaived()


async def lived_in(*streams: tuple[OrderEvent, ...]) -> Town:
    town = Town()
    for number, bodies in enumerate(streams):
        town.append(recorded(bodies, stream=f"o{number}"))
    await town.worker().work()
    return town


async def test_an_event_that_was_mended_has_moved_to_the_end_of_the_feed_and_is_not_left_out() -> None:
    town = await lived_in(*[(PLACED, SHIPPED, WAIVED)] * 8)
    mended = next(item for item in town.feed.events if (item["orderId"], item["sequence"]) == ("o3", 2))
    town.feed.events = [item for item in town.feed.events if item is not mended] + [mended]
    operator = town.operator()

    await operator.grow(1)

    assert town.generation(2) == town.generation(1)
    assert (await operator.promote()).unexplained == ()


@settings(max_examples=25)
@given(st.lists(histories, min_size=1, max_size=4), st.integers(0, 2**32).map(random.Random))
async def test_whatever_the_order_of_the_feed_a_grown_view_has_every_event(
    streams: list[tuple[OrderEvent, ...]], chance: random.Random
) -> None:
    town = await lived_in(*streams)
    chance.shuffle(town.feed.events)

    await town.operator().grow(1)

    assert town.generation(2) == town.generation(1)


def remembers(row: BoardOrder | None, event: Recorded[OrderEvent]) -> BoardOrder | None:
    """Says which events it has seen."""
    after = evolve(row, event)
    return after and replace(after, status=f"{row.status if row else ''}{event.sequence}")


async def test_an_event_that_only_the_backfill_will_bring_is_not_overtaken_by_the_trigger() -> None:
    view = replace(order_board, evolve=remembers)
    town = Town(view)
    events = recorded([PLACED, SHIPPED, OrderDelivered(), WAIVED], stream="o1")
    old, new, operator = town.worker(), town.worker(), town.operator()
    town.append(events[:2])
    await old.work()
    growing = (await operator._step(lambda now: now.grow(1))).growing
    assert growing
    await operator.backfill.pipeline.take(Grow(view, generation=growing), town.feed.events)

    town.append(events[2:])
    await old.work(most=1)
    new.read = 3
    await new.work()
    await operator.grow(1)

    assert [row.status for row in town.generation(2).values()] == ["1234"]  # type: ignore[attr-defined]  # rows of the board
    assert town.generation(2) == town.generation(1)


async def test_a_page_with_a_gap_in_it_is_folded_from_the_stream() -> None:
    town = Town()
    town.append(recorded([PLACED, SHIPPED, WAIVED], stream="o1"))
    worker = town.worker()

    await worker.pipeline.run(town.project, text([town.feed.events[0], town.feed.events[2]]))

    assert {name: row.status for name, row in town.generation(1).items()} == {"o1": "shipped"}  # type: ignore[attr-defined]  # rows of the board


async def test_an_event_without_an_identity_that_the_live_view_went_past_is_found_by_a_rebuild() -> None:
    town = Town()
    town.append(recorded([PLACED, SHIPPED, WAIVED], stream="o1"))
    nameless: dict[str, object] = {"id": "000002", "orderId": "o1", "sequence": 2, "_rid": "r"}
    town.feed.events[1] = town.events.streams["o1"]["000002"] = nameless
    worker = town.worker()
    for _ in town.feed.events:
        await worker.work(most=1)
    (kept,) = await FakeCatalogue(town.rows).parked()

    await town.operator().grow(1)
    compared = await town.operator().promote()

    assert (kept["type"], kept["item"]) == ("RawPoison", nameless)
    assert [(each.key.id, each.why) for each in compared.unexplained] == [("o1", "parked")]
