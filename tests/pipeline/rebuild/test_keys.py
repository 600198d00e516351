"""A version that cannot say where its rows belong harms nobody but its own generation."""

from dataclasses import replace

from orders.events import OrderEvent, OrderPlaced, OrderShipped, PaymentWaived
from projections.order_board import order_board
from shared.kernel import Key, Recorded
from tests.orders import a_line, recorded, usd
from tests.pipeline.rebuild.towns import FakeCatalogue, Town

PLACED, SHIPPED, WAIVED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True), PaymentWaived()


def key(event: Recorded[OrderEvent]) -> Key | None:
    if event.stream == "o1" and isinstance(event.body, OrderShipped):
        raise ArithmeticError
    return order_board.key(event)


async def grown() -> Town:
    town = Town(versions=(replace(order_board, key=key, version=2),))
    town.append([event for name in ("o0", "o1") for event in recorded([PLACED], stream=name)])
    await town.worker().work()
    await town.operator().grow(2)
    for name in ("o0", "o1"):
        town.append(recorded([PLACED, SHIPPED, WAIVED], stream=name)[1:])
    return town


async def test_the_live_generation_has_every_event_and_nothing_is_parked_in_it() -> None:
    town = await grown()
    worker = town.worker()
    worker.read = 2

    await worker.work(most=3)
    await worker.work()

    assert {name: row.status for name, row in town.generation(1).items()} == {"o0": "shipped", "o1": "shipped"}  # type: ignore[attr-defined]  # rows of the board
    assert {str(head["partition"]).split("~")[1] for head in await FakeCatalogue(town.rows).parked()} == {"2"}


async def test_its_promotion_is_refused_with_the_key() -> None:
    town = await grown()
    await town.worker().work(most=100)

    await town.operator().grow(2)
    compared = await town.operator().promote()

    assert [each.key.id for each in compared.unexplained] == ["o1"]
    assert (await town.operator().stands()).live.number == 1
