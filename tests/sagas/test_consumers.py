"""Who moves sagas on: the orders feed, the sagas' own feed, the timer. None gets in another's way."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from orders.commands import Record
from orders.effects import OrderEffect
from orders.events import Answer
from orders.order import Order
from sagas.fulfilment import fulfilment
from shared.kernel import Ask, Conflict, Key, Transient
from shared.pipeline import Advance, Brake, Dispatch, Engine, Lanes, Ledgers, Outside, Pipeline, Sagas, Suspects
from shared.ports import Item
from tests.fakes import Clock, FakeRows
from tests.sagas.saga_world import CODEC, ORDER, SagaWorld

ADVANCE = Advance("fulfilment")


class Contested(FakeRows):
    """Somebody is always first."""

    async def create(self, container: str, key: Key, item: Item) -> str:
        raise Conflict(f"{container} {key.id} {item['id']}")


def engine(world: SagaWorld, sagas: Sagas) -> Engine:
    lanes = Lanes(world.rows, nonce=lambda: str(next(world.causes)), now=lambda: world.now)
    stores = Ledgers(world.buckets)
    return Engine(CODEC, world.events, world.rows, lanes, Brake(Clock()), stores, {"fulfilment": sagas})


def pipeline(world: SagaWorld, sagas: Sagas | None = None) -> Pipeline:
    made = engine(world, sagas or world.worker())
    return Pipeline(made, Suspects(world.rows, Clock(), max_seconds=5), max_seconds=5)


def dispatch(world: SagaWorld) -> Dispatch:
    return Dispatch("fulfilment", lambda: world.now)


def feed(world: SagaWorld) -> list[Item]:
    return list(world.events.streams[ORDER].values())


def saga_items(world: SagaWorld) -> list[Item]:
    return [stored.item for (container, _), stored in world.rows.rows.items() if container == "sagas"]


def text(items: Sequence[Item]) -> str:
    return orjson.dumps(items).decode()


async def test_the_orders_feed_moves_a_saga_all_the_way_and_its_own_events_change_nothing() -> None:
    world = SagaWorld()
    await world.begin()
    worker = world.worker()
    await pipeline(world, worker).run(ADVANCE, text(feed(world)))
    assert await world.has_ended()
    spent = world.fate.step

    await pipeline(world, worker).run(ADVANCE, text(feed(world)))

    # The suspects' own notes are all that is written about it.
    assert [item for item in feed(world) if item["sequence"] == 7] == []
    assert world.fate.step - spent <= 4


async def test_an_order_that_cannot_be_read_is_parked_and_goes_on_when_it_can() -> None:
    world = SagaWorld(fortunes=["never arrives"])
    await world.begin()
    await pipeline(world).run(ADVANCE, text(feed(world)))
    good = {"id": "000002", "orderId": ORDER, "customerId": "c1", "type": "OrderCancelled", "schemaVersion": 1}
    spoilt = good | {"sequence": 2, "at": "2026-01-31T09:30:01.000000Z", "data": {"reason": 3}}
    await world.events.append(ORDER, [spoilt])
    await pipeline(world).run(ADVANCE, text([spoilt]))
    key = ADVANCE.key(CODEC.decode(spoilt))
    assert key
    head = await engine(world, world.worker()).lanes.head(ADVANCE.name, key)
    assert head is not None
    assert head.reason == "unreadable"

    world.events.streams[ORDER]["000002"] = spoilt | {"data": {"reason": "mended"}}
    assert await ADVANCE.release(key, engine(world, world.worker())) == "released"
    await world.to_the_end()

    assert (await world.state()).status == "cancelled"
    await world.check_laws()


async def test_a_stream_that_makes_no_sense_is_parked_and_stops_no_other() -> None:
    """It can be read, but does not begin with its beginning: waiting would never end."""
    world = SagaWorld()
    await world.begin()
    lost = dict(feed(world)[0]) | {"orderId": "o2", "type": "OrderDelivered", "data": {}}
    await world.events.append("o2", [lost])

    await pipeline(world).run(ADVANCE, text([lost, *feed(world)]))

    assert await world.has_ended()
    key = ADVANCE.key(CODEC.decode(lost))
    assert key
    head = await engine(world, world.worker()).lanes.head(ADVANCE.name, key)
    assert head is not None
    assert head.reason == "handler_failed"


async def test_a_definition_that_fails_parks_its_orders_until_it_is_mended() -> None:
    def fails(stream: str, order: Order) -> Ask:
        raise KeyError(f"{stream} {order.status}")

    world = SagaWorld()
    await world.begin()
    first, *others = fulfilment.steps
    broken = replace(fulfilment, steps=(replace(first, act=fails), *others))

    await pipeline(world, replace(world.worker(), versions=(broken,))).run(ADVANCE, text(feed(world)))

    key = ADVANCE.key(CODEC.decode(feed(world)[0]))
    assert key
    assert await ADVANCE.release(key, engine(world, world.worker())) == "released"
    assert await world.has_ended()


async def test_what_is_claimed_is_left_alone_until_the_claim_runs_out() -> None:
    world = SagaWorld(fortunes=["never arrives"])
    await world.begin()
    await world.touch()
    before = world.fate.step

    await pipeline(world).run(dispatch(world), text(saga_items(world)))
    assert world.fate.step - before <= 2

    world.now += timedelta(seconds=31)
    await pipeline(world).run(dispatch(world), text(saga_items(world)))
    assert await world.has_ended()


async def test_other_items_in_the_sagas_feed_are_nobodys_business() -> None:
    world = SagaWorld()

    await pipeline(world).run(dispatch(world), text([{"id": "x", "orderId": ORDER, "type": "Else", "dueAt": "0"}]))

    assert saga_items(world) == []


async def test_a_provider_that_takes_its_time_does_not_hold_up_the_feed() -> None:
    world = SagaWorld()
    await world.begin()
    gate = asyncio.Event()

    async def slowly(effect: OrderEffect) -> Answer | None:
        await gate.wait()
        return await world.perform(effect)

    worker = replace(world.worker(), outside=Outside(slowly, Record), drain_seconds=0.001)
    await pipeline(world, worker).run(ADVANCE, text(feed(world)))
    assert not await world.has_ended()

    gate.set()
    await worker.settle()

    assert await world.has_ended()


async def test_a_saga_that_always_changes_under_our_hands_makes_the_feed_wait() -> None:
    world = SagaWorld()
    await world.begin()
    worker = replace(world.worker(), rows=Contested())

    with pytest.raises(Transient, match="under our hands"):
        await worker.touch(ORDER)
