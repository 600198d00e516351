"""A saga or its worker remembers what is no longer there: the stream is the truth, and it goes on from that."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from orders.commands import MoveOrder, Record
from orders.effects import OrderEffect
from orders.events import Answer
from shared.kernel import Poison
from shared.pipeline import Outside
from tests.sagas.saga_world import ORDER, Fortune, SagaWorld


def lose(world: SagaWorld, *, after: int) -> None:
    """A region that failed over has lost the last events of this partition, and nothing of the others."""
    for name in [name for name in world.events.streams[ORDER] if int(name) > after]:
        del world.events.streams[ORDER][name]


@pytest.mark.parametrize("left", range(1, 6))
@pytest.mark.parametrize("token", ["tok_ok", "tok_declined", "tok_timeout_charged"])
async def test_a_saga_that_knows_more_than_its_stream_goes_through_it_again(token: str, left: int) -> None:
    world = SagaWorld(token)
    await world.begin()
    await world.to_the_end()
    lose(world, after=left)

    await world.worker().touch(ORDER, seen=left)
    await world.to_the_end()

    assert not (await world.state()).is_pending
    await world.check_laws()


@pytest.mark.parametrize("fortunes", [[], ["never arrives"]], ids=["ended", "running"])
async def test_a_saga_whose_stream_is_gone_altogether_is_for_people_to_see(fortunes: list[Fortune]) -> None:
    world = SagaWorld(fortunes=fortunes)
    await world.begin()
    await world.touch()
    lose(world, after=0)
    world.now += timedelta(minutes=20)

    with pytest.raises(Poison, match="nothing is left of its stream"):
        await world.worker().touch(ORDER)


async def test_a_worker_that_remembers_lost_events_still_hears_of_new_ones() -> None:
    world = SagaWorld()
    await world.begin()
    worker = world.worker()
    await worker.touch(ORDER, seen=1)
    lose(world, after=3)
    world.now += timedelta(minutes=6)
    assert await world.ask(MoveOrder("cancelled"))

    await worker.touch(ORDER, seen=4)
    assert await world.has_ended()

    assert await world.books.kept(ORDER) == 0


async def test_a_provider_that_cancels_its_own_call_stops_nobody_else() -> None:
    world = SagaWorld()
    await world.begin()

    async def cancelled(_: OrderEffect) -> Answer | None:
        raise asyncio.CancelledError

    await replace(world.worker(), outside=Outside(cancelled, Record)).touch(ORDER)
    world.now += timedelta(seconds=31)
    await world.touch()

    assert await world.has_ended()
