"""A lane of messages is released while others write to it, and while processes die: nothing is lost or left behind."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import Key
from shared.ports import Item, Stored
from tests.fakes import Killed
from tests.pipeline.hub_world import CARRIER, HubWorld, arriving, lane_of, said
from tests.pipeline.test_receive import OPEN, STORY


@dataclass
class Interrupted:
    """A store at whose `at`-th operation somebody else gets a turn first."""

    world: HubWorld
    at: int
    turn: Callable[[], Awaitable[None]]
    steps: "count[int]" = field(default_factory=lambda: count(1))
    has_happened: bool = False

    async def before(self) -> None:
        if next(self.steps) == self.at:
            self.has_happened = True
            await self.turn()


@dataclass
class InterruptedRows(Interrupted):
    async def read(self, container: str, key: Key) -> Stored | None:
        await self.before()
        return await self.world.stored.read(container, key)

    async def create(self, container: str, key: Key, item: Item) -> str:
        await self.before()
        return await self.world.stored.create(container, key, item)

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        await self.before()
        return await self.world.stored.replace(container, key, item, etag=etag)

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await self.before()
        await self.world.stored.delete(container, key, etag=etag)


def beside(world: HubWorld) -> HubWorld:
    """Another process on the same stores."""
    other = HubWorld()
    other.events, other.stored, other.partitions = world.events, world.stored, world.partitions
    other.rows, other.batches = world.stored, world.partitions
    return other


@pytest.mark.parametrize("at", range(1, 9))
async def test_a_message_that_arrives_in_the_middle_of_a_release_is_never_lost(at: int) -> None:
    world = HubWorld()
    await world.deliver(arriving(said("o1", "delivered")))
    world.has("o1", *OPEN)
    other = beside(world)
    world.rows = InterruptedRows(world, at, lambda: other.deliver(arriving(said("o1", "returned"), first=1)))

    await world.desk.release(lane_of("o1"))
    if not world.rows.has_happened:
        await world.rows.turn()

    assert world.names("o1")[-2:] == ["OrderDelivered", "OrderReturned"]
    assert world.stored.rows == {}


@given(st.integers(1, 12), st.booleans())
async def test_a_release_that_dies_anywhere_is_finished_by_the_next(die_at: int, after_effect: bool) -> None:
    world = HubWorld()
    await world.deliver(arriving(*STORY))
    world.has("o1", *OPEN)
    world.fate.step, world.fate.die_at, world.fate.after_effect = 0, die_at, after_effect

    outcomes = [await released(world) for _ in range(3)]

    assert "nothing to release" in outcomes
    assert world.names("o1")[-3:] == ["OrderShipped", "OrderDelivered", "OrderReturned"]
    assert world.stored.rows == {}


async def released(world: HubWorld) -> object:
    try:
        return await CARRIER.release(Key("o1", "o1"), world.engine)
    except Killed:
        return "died"
