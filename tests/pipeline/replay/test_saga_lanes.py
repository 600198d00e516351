"""A saga's lane: a dry run goes as far as the first question, where the real one is then, and puts it to nobody."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from orders.commands import Record
from orders.effects import OrderEffect
from orders.events import Answer
from shared.kernel import Key, Poison
from shared.pipeline import Advance, Outside, ParkedKeys, Sagas
from shared.pipeline.claims import Claims
from shared.pipeline.lanes import lane
from shared.pipeline.replay.changes import change
from shared.pipeline.replay.overlay import Stores
from shared.pipeline.replay.shell import Replay
from shared.ports import Item
from tests.fakes import FakeBatches
from tests.sagas.saga_world import ORDER, SagaWorld
from tests.sagas.test_by_hand import ME, engine

ADVANCE = Advance("fulfilment")
LANE = lane(ADVANCE.name, Key(ORDER, ORDER))
PLACE = ("sagas", Key(ORDER, "fulfilment"))


class Nothing:
    """A catalogue that nobody asks here."""

    async def parked(self) -> Sequence[Item]:
        return ()

    async def claims(self) -> Sequence[Item]:
        return ()

    async def count(self, consumer: str) -> int:
        del consumer
        return 0


def replay(world: SagaWorld, worker: Sagas | None = None) -> Replay:
    batches, found = FakeBatches(world.rows), engine(world, worker or world.worker())
    parked = ParkedKeys(found, {ADVANCE.name: ADVANCE}, Nothing())
    claims = Claims(batches, world.rows, lambda: f"n{next(world.causes)}", lambda: world.now)
    return Replay(parked, claims, Nothing(), Stores(world.events, world.rows, batches, batches), "orders")


async def fresh() -> SagaWorld:
    world = SagaWorld()
    await world.begin()
    return world


async def told() -> SagaWorld:
    """Its stock is held, and it has not seen that yet: what it asks for next has an intent of its own."""
    world = SagaWorld(fortunes=["arrives late and is told"])
    await world.begin()
    await world.touch()
    await world.land()
    await world.hear()
    return world


@pytest.mark.parametrize(("begun", "asks"), [(fresh, "HoldStock"), (told, "CapturePayment")])
async def test_a_parked_saga_is_foreseen_up_to_its_first_question_and_then_goes_on(
    begun: Callable[[], Awaitable[SagaWorld]], asks: str
) -> None:
    world = await begun()
    last = len(world.events.streams[ORDER])
    poison = Poison("handler_failed", "the definition raised")
    await engine(world, world.worker()).lanes.park(
        ADVANCE.name, Key(ORDER, ORDER), stream=ORDER, first=last, last=last, poison=poison
    )
    before = dict(world.rows.rows), list(world.events.streams[ORDER])
    worker, stored = world.worker(), list[Item]()

    async def perform(effect: OrderEffect) -> Answer | None:
        stored.append(world.rows.rows[PLACE].item)
        return await world.perform(effect)

    worker.outside = Outside(perform, Record)

    foreseen = await replay(world).rehearse([LANE])

    assert (world.rows.rows, list(world.events.streams[ORDER])) == before
    assert [row["outcome"] for row in foreseen.came_of_it] == ["released"]
    assert [effect.what for effect in foreseen.effects] == [asks]
    assert (await replay(world, worker).one(LANE, ME))["outcome"] == "released"
    was = before[0].get(PLACE)
    intent = {"orders"} if was else set[str]()
    assert {found.container for found in foreseen.changes} == {"sagas", "poison"} | intent
    assert change(PLACE, was.item if was else None, stored[0]) in foreseen.changes
    await world.to_the_end()
    assert (await world.state()).status == "shipped"
    await world.check_laws()
