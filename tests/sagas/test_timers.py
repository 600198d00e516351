"""The timer brings every saga that is due to somebody's attention, whatever is wrong with the others."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from orders.commands import PlaceOrder, Record
from orders.effects import OrderEffect
from orders.events import Answer
from sagas.fulfilment import fulfilment
from shared.kernel import Conflict, Key, Transient
from shared.pipeline import Brake, Lanes, Outside, Sagas, Timers
from shared.ports import Item, Stored
from tests.fakes import Clock, FakeDue, FakeRows
from tests.sagas.saga_world import LINES, ORDER, SagaWorld

CONSUMER = "advance_fulfilment"


@dataclass
class Troubled(FakeRows):
    """What is `away` cannot be read, and with it somebody's saga."""

    away: dict[str, Exception] = field(default_factory=dict)

    async def read(self, container: str, key: Key) -> Stored | None:
        if key.partition in self.away:
            raise self.away[key.partition]
        return await super().read(container, key)


def timers(world: SagaWorld, sagas: Sagas | None = None, due: FakeDue | None = None) -> Timers:
    lanes = Lanes(world.rows, nonce=lambda: str(next(world.causes)), now=lambda: world.now)
    return Timers(sagas or world.worker(), due or FakeDue(world.rows), lanes, Brake(Clock()), CONSUMER)


def stored(world: SagaWorld, stream: str = ORDER) -> Item:
    return world.rows.rows["sagas", Key(stream, "fulfilment")].item


def change(world: SagaWorld, stream: str, **values: object) -> None:
    place = ("sagas", Key(stream, "fulfilment"))
    world.rows.rows[place] = Stored({**world.rows.rows[place].item, **values}, etag="changed")


def parked(world: SagaWorld) -> list[str]:
    return [str(found.item["stream"]) for (container, _), found in world.rows.rows.items() if container == "poison"]


async def left_behind(world: SagaWorld, *streams: str) -> None:
    """Each order's first ask was lost with the worker that made it, and its claim has run out."""
    world.fortunes = ["never arrives"] * len(streams)
    for stream in streams:
        await world.orders.open(stream, PlaceOrder(LINES), cause=world.cause(), customer_id="c1")
        await world.worker().touch(stream)
    world.now += timedelta(seconds=31)


async def ended(world: SagaWorld, stream: str) -> bool:
    instance, found = await world.worker().find(stream), await world.orders.load(stream)
    return instance is not None and fulfilment.has_ended(instance.progress, found.state)


async def test_the_timer_finds_what_nobody_came_back_for() -> None:
    world = SagaWorld()
    await left_behind(world, ORDER)
    due = FakeDue(world.rows)

    rung = await timers(world, due=due).ring()

    assert (rung, due.asked) == (1, 2)
    assert await ended(world, ORDER)


async def test_the_timer_parks_what_cannot_be_read_and_does_not_come_back_at_once() -> None:
    world = SagaWorld()
    await left_behind(world, ORDER)
    world.events.streams[ORDER]["000001"] = dict(world.events.streams[ORDER]["000001"]) | {"data": None}

    assert (await timers(world).ring(), await timers(world).ring()) == (1, 0)


async def test_what_somebody_else_has_ended_meanwhile_is_not_postponed() -> None:
    """A worker of an older deployment cannot read it; one of the newer just did."""
    world = SagaWorld()
    await left_behind(world, ORDER)
    await world.touch()
    assert await ended(world, ORDER)

    await world.worker().postpone(ORDER)

    assert "dueAt" not in stored(world)


async def test_a_saga_that_looks_due_and_is_not_is_rung_once() -> None:
    world = SagaWorld()
    await left_behind(world, ORDER)
    await world.touch()
    change(world, ORDER, dueAt="2020-01-01T00:00:00.000000Z")

    async with asyncio.timeout(5):
        assert await timers(world).ring() == 1

    assert "dueAt" not in stored(world)


async def test_a_bad_deployment_does_not_park_every_saga_that_is_due() -> None:
    world = SagaWorld()
    streams = [f"o{number}" for number in range(60)]
    await left_behind(world, *streams)
    for stream in streams:
        change(world, stream, version=99)

    with pytest.raises(Transient):
        await timers(world).ring()

    assert len(parked(world)) == 20


@pytest.mark.parametrize("trouble", [Transient("its partition is away"), KeyError("a fault of our own")], ids=repr)
async def test_sagas_that_have_to_wait_hold_up_no_other(trouble: Exception) -> None:
    world = SagaWorld(levels={})
    waiting = [f"o{number:03d}" for number in range(100)]
    await left_behind(world, *waiting)
    world.now += timedelta(minutes=1)
    await left_behind(world, "p1")
    rows = Troubled(world.fate, world.rows.rows, world.rows.etags, dict.fromkeys(waiting, trouble))

    with pytest.raises(Transient, match="100 due sagas wait"):
        await timers(world, replace(world.worker(), rows=rows)).ring()

    assert await ended(world, "p1")


async def test_one_ring_comes_to_an_end_while_providers_are_slow_and_more_is_always_due() -> None:
    """A function that takes too long takes its whole worker down."""
    world = SagaWorld()
    await left_behind(world, ORDER)

    async def slowly(_: OrderEffect) -> Answer | None:
        world.now += timedelta(seconds=10)
        raise Transient("nobody answered")

    class Always(FakeDue):
        async def due(self, container: str, name: str, moment: str, limit: int) -> Sequence[str]:
            world.now += timedelta(seconds=1)
            return await super().due(container, name, moment, limit) or [ORDER]

    async with asyncio.timeout(5):
        await timers(world, replace(world.worker(), outside=Outside(slowly, Record)), Always(world.rows)).ring()


async def test_two_timers_at_once_do_everything_once() -> None:
    world = SagaWorld(levels={})
    streams = [f"o{number}" for number in range(10)]
    await left_behind(world, *streams)

    ends = await asyncio.gather(timers(world).ring(), timers(world).ring(), return_exceptions=True)

    assert [end for end in ends if isinstance(end, BaseException)] == []
    for stream in streams:
        assert await ended(world, stream)


async def test_two_timers_at_once_that_park_the_same_saga_are_both_content() -> None:
    world = SagaWorld()
    await left_behind(world, ORDER)
    change(world, ORDER, version=99)

    class Meanwhile(FakeRows):
        """Between reading the saga and postponing it somebody else did."""

        async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
            if container == "sagas":
                raise Conflict("somebody was first")
            return await super().replace(container, key, item, etag=etag)

    rows = Meanwhile(world.fate, world.rows.rows, world.rows.etags)

    await asyncio.wait_for(timers(world, replace(world.worker(), rows=rows)).ring(), 5)
