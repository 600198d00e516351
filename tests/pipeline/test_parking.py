"""What will never pass is parked with its key; everybody else goes on."""

from dataclasses import replace
from typing import Any

import pytest

from orders.events import OrderDelivered, OrderPlaced, OrderShipped
from shared.kernel import Key, Poison, Recorded, Transient
from shared.pipeline import Project
from shared.pipeline.lanes import CONTAINER, HEAD, lane
from shared.pipeline.parked import NoSuchLane, ParkedKeys
from shared.ports import Item, Stored
from tests.fakes import FakeRows
from tests.orders import a_line, recorded, usd
from tests.pipeline.worlds import CODEC, CONSUMER, World

PLACED = OrderPlaced((a_line(),), usd(500))
STREAM = recorded([PLACED, OrderShipped(by_hand=True), OrderDelivered()], stream="bad")
LANE = lane(CONSUMER.name, Key("c1", "bad"))
SPOILT = CODEC.encode(STREAM[1]) | {"data": None}


class Catalogue:
    def __init__(self, world: World) -> None:
        self._world = world

    async def parked(self) -> list[Item]:
        rows = self._world.rows.rows.items()
        return [stored.item for (container, key), stored in rows if (container, key.id) == (CONTAINER, HEAD)]

    async def count(self, consumer: str) -> int:
        return sum(item["consumer"] == consumer for item in await self.parked())


def desk(world: World) -> ParkedKeys:
    return ParkedKeys(world.engine, {CONSUMER.name: CONSUMER}, Catalogue(world))


async def parked() -> World:
    """The second of three events cannot be read; the third came later."""
    world = World([*STREAM, *recorded([PLACED], stream="good")])
    await world.deliver_items([CODEC.encode(STREAM[0]), SPOILT, CODEC.encode(world.everything[-1])])
    await world.deliver(STREAM[2:])
    return world


async def test_one_key_in_trouble_is_parked_while_the_others_are_applied() -> None:
    world = await parked()

    assert world.view()["good"] == world.folded()["good"]
    row, mark = world.view()["bad"]
    assert row is not None
    assert (row.status, mark) == ("pending", 1)


async def test_a_parked_row_says_since_when_and_why_it_is_stale() -> None:
    world = await parked()

    row = world.rows.rows[CONSUMER.projection.container, Key("c1", "bad")].item

    assert row["stale"] == {
        "lane": world.rows.rows[CONTAINER, Key(LANE, HEAD)].item["nonce"],
        "since": "2026-01-31T09:30:00.000000Z",
        "reason": "unreadable",
        "last": 2,
    }


async def test_a_parked_key_shows_what_waits_without_its_content() -> None:
    world = await parked()

    shown = await desk(world).show(LANE)

    assert shown["waiting"] == [
        {"sequence": 2, "type": "OrderShipped"},
        {"sequence": 3, "type": "OrderDelivered"},
    ]
    assert (shown["first"], shown["last"], shown["reason"]) == (2, 3, "unreadable")


async def test_a_release_puts_everything_in_once_the_cause_is_mended() -> None:
    world = await parked()

    outcome = await desk(world).release(LANE)

    assert outcome == {"lane": LANE, "outcome": "released"}
    assert world.view() == world.folded()
    assert await desk(world).all() == []
    with pytest.raises(NoSuchLane):
        await desk(world).release(LANE)


async def test_a_release_that_comes_too_early_changes_nothing() -> None:
    world = await parked()
    world.events.streams["bad"]["000002"] = SPOILT
    before = dict(world.rows.rows)

    outcome = await desk(world).release(LANE)

    assert outcome["outcome"] == "still poison"
    assert outcome["at"] == 2
    assert world.rows.rows == before


async def test_an_envelope_nobody_can_read_is_kept_whole_and_stops_nobody() -> None:
    good = recorded([PLACED], stream="good")
    world = World(good)
    broken = {"id": "000001", "_rid": "abc", "orderId": "lost"}

    await world.deliver_items([broken, CODEC.encode(good[0])])
    await world.deliver_items([broken])

    assert set(world.view()) == {"good"}
    (record,) = await desk(world).all()
    assert record["reason"] == "unreadable_envelope"
    (kept,) = await Catalogue(world).parked()
    assert kept["item"] == broken


async def test_a_mended_envelope_goes_the_way_of_every_event() -> None:
    world = World(recorded([PLACED], stream="o1"))
    await world.deliver_items([{"id": "000001", "_rid": "abc"}])
    key = Key(f"{CONSUMER.name}:raw:abc", HEAD)
    kept = world.rows.rows[CONTAINER, key]
    mended = dict(kept.item) | {"item": CODEC.encode(world.everything[0])}
    await world.rows.replace(CONTAINER, key, mended, etag=kept.etag)

    outcome = await desk(world).release(key.partition)

    assert outcome["outcome"] == "released"
    assert world.view() == world.folded()
    assert await desk(world).all() == []


async def test_a_bad_deployment_does_not_park_everything() -> None:
    streams = [recorded([PLACED], stream=f"o{n}")[0] for n in range(60)]
    world = World(streams)

    with pytest.raises(Transient, match="wait"):
        await world.deliver_items(CODEC.encode(event) | {"data": None} for event in streams)

    assert len(await desk(world).all()) == 20


async def test_a_row_that_cannot_be_read_is_grown_again_from_its_stream() -> None:
    world = World(recorded([PLACED, OrderShipped(by_hand=True)], stream="o1"))
    await world.rows.create(CONSUMER.projection.container, Key("c1", "o1"), {"id": "o1", "mark": 1, "status": 7})

    await world.deliver(world.everything[1:])

    assert world.view() == world.folded()


class Narrow(FakeRows):
    """Takes no row above so many items in it; or, when full, no new row at all."""

    def __init__(self, *, most: int = 100, full: bool = False) -> None:
        super().__init__()
        self._most, self._full = most, full

    async def create(self, container: str, key: Key, item: Item) -> str:
        if self._full and container != CONTAINER:
            raise Poison("partition_full", "no room")
        return await super().create(container, key, self._fitting(item))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        return await super().replace(container, key, self._fitting(item), etag=etag)

    def _fitting(self, item: Item) -> Item:
        if item.get("status") in {"shipped", "delivered"}:
            raise Poison("too_large", "the row would be too large")
        return item

    def widen(self) -> None:
        self._full = False
        self._fitting = lambda item: item  # type: ignore[method-assign]  # the store was given more room


@pytest.mark.parametrize("readable", [True, False])
async def test_a_row_the_store_will_not_take_is_parked_behind_the_most_that_it_takes(readable: bool) -> None:
    world = World(STREAM, rows=Narrow())
    if not readable:
        await world.rows.create(CONSUMER.projection.container, Key("c1", "bad"), {"id": "bad", "mark": "?"})

    await world.deliver(STREAM)

    row, mark = world.view()["bad"]
    assert row is not None
    assert (row.status, mark) == ("pending", 1)
    (head,) = await desk(world).all()
    assert (head["first"], head["last"], head["reason"]) == (2, 3, "too_large")
    world.rows.widen()  # type: ignore[attr-defined]  # it is a Narrow
    await desk(world).release(LANE)
    assert world.view() == world.folded()


async def test_a_full_partition_holds_up_nobody_and_loses_nothing() -> None:
    world = World(STREAM, rows=Narrow(full=True))

    await world.deliver(STREAM[:1])
    await world.deliver(STREAM[1:])

    assert world.view() == {}
    (head,) = await desk(world).all()
    assert (head["first"], head["last"], head["reason"]) == (1, 3, "partition_full")
    world.rows.widen()  # type: ignore[attr-defined]  # it is a Narrow
    await desk(world).release(LANE)
    assert world.view() == world.folded()
    assert await desk(world).all() == []


async def test_a_stream_that_cannot_be_read_for_a_missing_row_is_parked() -> None:
    world = World(STREAM)
    world.events.streams["bad"]["000001"] = {"id": "000001", "sequence": 1, "orderId": "bad"}

    await world.deliver(STREAM[1:])

    (head,) = await desk(world).all()
    assert (head["first"], head["reason"]) == (2, "unreadable_envelope")
    assert (await desk(world).release(LANE))["outcome"] == "still poison"
    world.events.streams["bad"]["000001"] = CODEC.encode(STREAM[0])
    assert (await desk(world).release(LANE))["outcome"] == "released"
    assert world.view() == world.folded()


async def test_the_brake_is_for_what_has_no_key_too() -> None:
    world = World([])

    with pytest.raises(Transient, match="wait"):
        await world.deliver_items({"id": "000001", "_rid": str(n)} for n in range(100))

    assert len(await desk(world).all()) == 20


async def test_an_event_that_a_view_has_no_key_for_stops_nobody() -> None:
    def key(event: Recorded[Any]) -> Key:
        return {"good": Key("c1", "good")}[event.stream]

    view = Project(replace(CONSUMER.projection, key=key))
    good, odd = recorded([PLACED], stream="good"), recorded([PLACED], stream="odd")
    world = World([*good, *odd])

    await world.deliver_to(view, [*odd, *good])

    assert set(world.view()) == {"good"}
    (record,) = await desk(world).all()
    assert record["reason"] == "handler_failed"


async def test_a_head_that_somebody_damaged_can_be_opened_and_released_again() -> None:
    world = await parked()
    place = (CONTAINER, Key(LANE, HEAD))
    damaged = {**world.rows.rows[place].item, "first": "?"}
    world.rows.rows[place] = Stored(damaged, "damaged")

    await world.deliver_items([SPOILT, CODEC.encode(STREAM[2])])

    assert (await desk(world).all())[0]["first"] == 2
    await desk(world).release(LANE)
    assert world.view() == world.folded()


async def test_a_mended_event_whose_order_is_parked_itself_keeps_its_record() -> None:
    world = await parked()
    await world.deliver_items([{"id": "000009", "_rid": "abc"}])
    raw = Key(f"{CONSUMER.name}:raw:abc", HEAD)
    late = recorded([PLACED] * 9, stream="bad")[8]
    kept = world.rows.rows[CONTAINER, raw]
    await world.rows.replace(CONTAINER, raw, dict(kept.item) | {"item": CODEC.encode(late)}, etag=kept.etag)

    outcome = await desk(world).release(raw.partition)

    assert outcome["outcome"] == "still poison"
    assert (CONTAINER, raw) in world.rows.rows
