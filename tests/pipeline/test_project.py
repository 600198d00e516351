"""A view equals the fold of its events, however the feed delivers them and wherever the worker dies."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.events import OrderDeleted, OrderDelivered, OrderEvent, OrderPlaced, OrderShipped
from projections import PROJECTIONS
from shared.kernel import Key, Projection, Recorded
from shared.ports import Item
from tests.fakes import FakeRows, Fate, Killed
from tests.orders import a_line, histories, recorded, usd
from tests.pipeline.worlds import World

PLACED = OrderPlaced((a_line(),), usd(500))
SHIPPED, DELIVERED, DELETED = OrderShipped(by_hand=True), OrderDelivered(), OrderDeleted()

type Events = list[Recorded[OrderEvent]]
type View = Projection[OrderEvent, Any]


def interleaved(streams: Sequence[tuple[OrderEvent, ...]], chance: random.Random) -> Events:
    """Streams as one physical partition feeds them: mixed, each in its own order."""
    waiting = [list(recorded(bodies, stream=f"o{n}", customer=f"c{n % 2}")) for n, bodies in enumerate(streams)]
    mixed: Events = []
    while waiting := [events for events in waiting if events]:
        mixed.append(chance.choice(waiting).pop(0))
    return mixed


def batches(events: Events, chance: random.Random) -> list[Events]:
    """Any split, and now and then the feed goes back and delivers again."""
    cuts, at = [], 0
    while at < len(events):
        size = chance.randint(1, 4)
        cuts.append(events[at : at + size])
        at = max(0, at + size - (chance.randint(0, 3) if chance.random() < 0.3 else 0))
    return cuts


streams = st.lists(histories, min_size=1, max_size=4)
chances = st.integers(0, 2**32).map(random.Random)
of_every_view = pytest.mark.parametrize("view", PROJECTIONS, ids=lambda view: view.name)


@of_every_view
@given(bodies=streams, chance=chances)
async def test_any_split_and_redelivery_gives_the_plain_fold(
    view: View, bodies: list[tuple[OrderEvent, ...]], chance: random.Random
) -> None:
    events = interleaved(bodies, chance)
    world = World(events, projection=view)

    for batch in batches(events, chance):
        await world.deliver(batch)

    assert world.view() == world.folded()


@of_every_view
@given(bodies=streams, chance=chances, die_at=st.integers(1, 12), after_effect=st.booleans())
async def test_a_worker_that_dies_at_any_store_operation_loses_and_doubles_nothing(
    view: View, bodies: list[tuple[OrderEvent, ...]], chance: random.Random, die_at: int, after_effect: bool
) -> None:
    events = interleaved(bodies, chance)
    world = World(events, rows=FakeRows(Fate(die_at, after_effect=after_effect)), projection=view)

    for batch in batches(events, chance):
        try:
            await world.deliver(batch)
        except* Killed:
            await world.deliver(batch)

    assert world.view() == world.folded()


@of_every_view
@given(happened=histories, upto=st.integers(0, 8))
@settings(max_examples=50)
async def test_a_page_from_long_ago_changes_nothing(view: View, happened: tuple[OrderEvent, ...], upto: int) -> None:
    events = recorded(happened)
    world = World(events, projection=view)
    await world.deliver(events)
    before = dict(world.rows.rows)

    await world.deliver(events[:upto])

    assert world.rows.rows == before


async def test_a_batch_reads_and_writes_each_row_once_however_many_events_it_got() -> None:
    world = World(recorded([PLACED, SHIPPED, DELIVERED]))

    await world.deliver(world.everything)

    assert world.rows.fate.step == 2


async def test_a_row_that_was_missed_is_folded_from_the_whole_stream() -> None:
    world = World(recorded([PLACED, SHIPPED, DELIVERED]))

    await world.deliver(world.everything[2:])

    assert world.view() == world.folded()


async def test_a_deleted_order_leaves_its_mark_so_that_an_old_page_cannot_bring_it_back() -> None:
    world = World(recorded([PLACED, DELETED]))
    await world.deliver(world.everything)

    await world.deliver(world.everything[:1])

    assert world.view() == {"o1": (None, 2)}


async def test_a_zombie_that_read_before_us_is_fenced_by_the_etag() -> None:
    world = World(recorded([PLACED, SHIPPED, DELIVERED]))
    await world.deliver(world.everything[:1])
    late = _Late(world)

    await late.deliver(world.everything[:2])

    assert world.view() == world.folded()
    assert late.overtaken


async def test_private_items_of_an_order_are_not_events() -> None:
    world = World([])

    await world.deliver_items([{"id": "private", "orderId": "o1", "type": "OrderPrivate"}])

    assert world.view() == {}


class _Late(World):
    """A worker that is overtaken between its read and its write, once."""

    def __init__(self, world: World) -> None:
        self.overtaken = False
        self._world = world
        super().__init__(world.everything, rows=_Slow(world, self))


class _Slow(FakeRows):
    def __init__(self, world: World, late: _Late) -> None:
        super().__init__(rows=world.rows.rows, etags=world.rows.etags)
        self._world, self._late = world, late

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        if not self._late.overtaken:
            self._late.overtaken = True
            await self._world.deliver(self._world.everything)
        return await super().replace(container, key, item, etag=etag)
