"""The events of a deleted order go for good when nobody needs them, and what is left keeps its id closed for ever."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest

from orders.commands import DeleteOrder, PlaceOrder
from orders.events import OrderDeleted
from orders.refusals import KeyReused
from projections.daily_sales import daily_sales
from shared.kernel import Conflict, Key, Poison, Transient
from shared.pipeline import Count, Lanes
from shared.pipeline.purge import Purge, Purged
from shared.ports import Item
from tests.orders import EPOCH
from tests.pipeline.worlds import World, place
from tests.sagas.saga_world import LINES, ORDER, SagaWorld


@dataclass
class Ends:
    """The account of a world, as a purge sees it; `behind` has not read everything."""

    world: SagaWorld
    behind: tuple[str, ...] = ()

    async def everything(self, container: str) -> AsyncIterator[Item]:
        assert container == "orders"
        for items in self.world.events.streams.values():
            for item in items.values():
                yield item

    async def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        assert container == "orders"
        for item in self.world.events.streams[partition].values():
            yield {**item, "_etag": "e"}

    async def purge(self, stream: str, keep: Item, gone: Sequence[str]) -> None:
        held = self.world.events.streams[stream]
        if not {str(keep["id"]), *gone} <= held.keys() or len(gone) >= 100:
            raise Conflict(stream)
        self.world.events.streams[stream] = {str(keep["id"]): dict(keep)}

    async def parked(self) -> Sequence[Item]:
        return [each.item for (container, _), each in self.world.rows.rows.items() if container == "poison"]

    async def count(self, consumer: str) -> int:
        raise NotImplementedError(consumer)

    async def run(self, *, only_look: bool = False) -> list[Purged]:
        async def behind() -> Sequence[str]:
            return self.behind

        world = self.world
        purge = Purge(self, self, world.orders, world.worker(), self, self, OrderDeleted, behind)
        return await purge.run(only_look=only_look)


async def deleted() -> SagaWorld:
    """An order that was deleted while its saga was asking for the money."""
    world = SagaWorld(fortunes=["answered", "answer lost"])
    await world.begin()
    await world.touch()
    assert await world.ask(DeleteOrder())
    return world


async def ended() -> SagaWorld:
    world = await deleted()
    await world.to_the_end()
    return world


async def test_what_is_left_of_a_deleted_order_is_its_tombstone() -> None:
    world = await ended()
    before = await world.orders.load(ORDER)

    (purged,) = await Ends(world).run()

    assert (purged.items, purged.kept) == (len(before.events) - 1, "")
    (left,) = (await world.orders.load(ORDER)).events
    assert left == next(event for event in before.events if isinstance(event.body, OrderDeleted))
    assert await Ends(world).run() == []
    await world.check_laws()


async def test_its_id_stays_closed_and_nothing_of_it_moves_again() -> None:
    world = await ended()
    await Ends(world).run()
    before = (dict(world.events.streams[ORDER]), dict(world.rows.rows))

    await world.touch()
    again = PlaceOrder(LINES, "the same key")
    with pytest.raises(KeyReused):
        await world.orders.open(ORDER, again, cause=world.cause(), customer_id="c1")

    assert (world.events.streams[ORDER], world.rows.rows) == before


async def test_the_tombstone_that_comes_by_again_changes_no_view_and_no_total() -> None:
    world = await ended()
    events = (await world.orders.load(ORDER)).events
    views = World(events)
    tally = Count(daily_sales)
    await views.deliver(events)
    await views.deliver_to(tally, events)
    await Ends(world).run()
    views.events.streams = world.events.streams
    before = (dict(views.rows.rows), dict(views.buckets.items))

    await views.deliver_items(world.events.streams[ORDER].values())
    await views.deliver_items_to(tally, world.events.streams[ORDER].values())

    assert (views.rows.rows, views.buckets.items) == before
    assert views.rows.rows[place(ORDER)].item["body"] is False


async def test_nothing_goes_while_its_saga_goes_on() -> None:
    world = await deleted()

    (kept,) = await Ends(world).run()

    assert kept.kept == "its saga goes on"
    assert len(world.events.streams[ORDER]) > 1


async def test_nothing_goes_while_a_lane_holds_it() -> None:
    world = await ended()
    lanes = Lanes(world.rows, nonce=lambda: "n", now=lambda: EPOCH)
    await lanes.park("publish_orders", Key(ORDER, ORDER), stream=ORDER, first=1, last=9, poison=Poison("too_large", ""))

    (kept,) = await Ends(world).run()

    assert kept.kept == "a lane holds it"


async def test_nothing_goes_before_every_consumer_has_seen_the_tombstone() -> None:
    world = await ended()
    before = dict(world.events.streams[ORDER])

    with pytest.raises(Transient, match="project_order_board may not have seen"):
        await Ends(world, behind=("project_order_board",)).run()

    assert world.events.streams[ORDER] == before


async def test_only_looking_changes_nothing() -> None:
    world = await ended()
    before = dict(world.events.streams[ORDER])

    (seen,) = await Ends(world).run(only_look=True)

    assert (seen.kept, world.events.streams[ORDER]) == ("", before)


async def test_what_was_not_deleted_or_cannot_be_read_stays() -> None:
    standing, odd = SagaWorld(), await ended()
    await standing.begin()
    odd.events.streams[ORDER]["000002"] = {**odd.events.streams[ORDER]["000002"], "schemaVersion": 9}

    assert await Ends(standing).run() == []
    (kept,) = await Ends(odd).run()
    assert "unknown_version" in kept.kept
