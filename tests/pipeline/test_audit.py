"""An audit finds every difference between totals, ledgers and orders, and none where there is none."""

from collections.abc import AsyncIterator, Mapping

import pytest

from orders.events import OrderCancelled, OrderPlaced
from projections import TALLIES
from projections.daily_sales import daily_sales
from shared.pipeline import Audit, Count
from shared.pipeline.buckets import TOTAL
from shared.ports import Item, Stored
from tests.orders import a_line, recorded, usd
from tests.pipeline.worlds import CODEC, World

PLACED = OrderPlaced((a_line(),), usd(500))


class Everything:
    """What is stored in a world, as a sweep of its containers reads it."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def everything(self, container: str) -> AsyncIterator[Item]:
        if container == "orders":
            for stream in self._world.events.streams.values():
                for item in [*stream.values(), {"id": "private"}]:
                    yield item
        for (name, _, _), stored in self._world.buckets.items.items():
            if name == container:
                yield stored.item


async def counted() -> World:
    events = [*recorded([PLACED, OrderCancelled("x")], stream="o1"), *recorded([PLACED], stream="o2")]
    world = World(events)
    for tally in TALLIES:
        await world.deliver_to(Count(tally), events)
    return world


def changed(world: World, name: str, amounts: Mapping[str, int]) -> tuple[str, str, str]:
    place = next(place for place in world.buckets.items if place[0] == "daily-sales" and place[2] == name)
    stored = world.buckets.items[place]
    world.buckets.items[place] = Stored({**stored.item, "amounts": amounts}, stored.etag)
    return place


def audit(world: World) -> Audit:
    return Audit(CODEC, Everything(world), "orders")


@pytest.mark.parametrize("tally", TALLIES, ids=lambda tally: tally.name)
async def test_an_honest_tally_has_no_difference(tally: object) -> None:
    assert await audit(await counted()).of(tally) == []  # type: ignore[arg-type]  # any tally


async def test_a_total_that_was_changed_differs_from_its_ledger_and_from_the_orders() -> None:
    world = await counted()
    _, partition, _ = changed(world, TOTAL, {"orders": 9, "totalMinor": 1})

    found = await audit(world).of(daily_sales)

    assert [(one.partition, one.against) for one in found] == [(partition, "ledger"), (partition, "orders")]
    assert found[0].stored == {"orders": 9, "totalMinor": 1}


async def test_a_ledger_that_was_changed_differs_from_the_total_alone() -> None:
    world = await counted()
    changed(world, "o2", {"orders": 1, "totalMinor": 499})

    assert [one.against for one in await audit(world).of(daily_sales)] == ["ledger"]


async def test_an_order_that_was_never_counted_is_found() -> None:
    world = await counted()
    for event in recorded([PLACED], stream="o3"):
        world.events.streams["o3"] = {"000001": CODEC.encode(event)}

    assert [one.against for one in await audit(world).of(daily_sales)] == ["orders"]
