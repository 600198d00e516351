"""A carrier's messages: each is applied to its order, or waits in its lane until it can be, whatever happens."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel import Conflict, Failure, Transient, Unknown
from tests.core.test_decide_table import BOOKED, DELIVERED, PAID, PLACED, PLACES, SHIPPED, Events
from tests.fakes import Fate
from tests.pipeline.hub_world import HubWorld, arriving, lane_of, said

KINDS = ("delivered", "lost", "returned")
OPEN: Events = (PLACED, *PAID, BOOKED)
STORY = (said("o1", "delivered"), said("o1", "returned"))
HISTORIES = [(PLACED, *history) for places in PLACES.values() for history in places.values()]


async def release_all(world: HubWorld) -> None:
    while await world.parked():
        for row in await world.desk.all():
            assert (await world.desk.release(str(row["lane"])))["outcome"] == "released"


@settings(max_examples=60)
@given(st.integers(1, 25), st.booleans(), st.integers(0, 2**32).map(random.Random))
async def test_any_split_repetition_and_crash_applies_every_message_once_or_keeps_it(
    die_at: int, after_effect: bool, chance: random.Random
) -> None:
    world = HubWorld(Fate(die_at, after_effect=after_effect))
    world.has("o1", *OPEN)
    sent = arriving(*STORY, said("unknown", "lost"), said("o1", "delivered", "again"), "{", said("unknown", "lost"))

    at = 0
    while at < len(sent):
        # A host that lost its place begins again anywhere before it.
        begin, at = chance.randint(0, at), at + chance.randint(1, 3)
        await world.deliver_until_taken(sent[begin:at])
    world.fate.die_at = None

    assert world.names("o1")[-3:] == ["OrderShipped", "OrderDelivered", "OrderReturned"]
    assert world.names("unknown") == []
    assert await world.waiting("unknown") == [said("unknown", "lost")] * 2
    assert {row["reason"] for row in await world.desk.all()} == {"unknown_order", "unreadable_message"}


@dataclass
class Trouble(Fate):
    """One thing goes wrong at the chosen operation, and nobody dies of it."""

    kind: Callable[[str], Failure] = Transient
    happened: bool = False

    def meet(self, effect: Callable[[], None]) -> None:
        self.step += 1
        if self.step != self.die_at:
            effect()
            return
        self.happened = True
        if self.after_effect:
            effect()
        raise self.kind("something went wrong")


@pytest.mark.parametrize(
    ("kind", "after_effect"), [(Transient, False), (Conflict, False), (Unknown, False), (Unknown, True)]
)
async def test_whatever_goes_wrong_at_whatever_operation_every_message_is_applied_or_waits(
    kind: type[Failure],
    after_effect: bool,
) -> None:
    # Of the record of an unreadable message a conflict says that it is there.
    unreadable = () if kind is Conflict else ("{",)
    sent = arriving(*STORY, said("unknown", "lost"), *unreadable, said("unknown", "returned"))
    for at in count(1):
        trouble = Trouble(at, after_effect=after_effect, kind=kind)
        world = HubWorld(trouble)
        world.has("o1", *OPEN)
        for batch in (sent[:3], sent[3:]):
            await world.deliver_until_taken(batch)
        trouble.die_at = None

        assert world.names("o1")[-3:] == ["OrderShipped", "OrderDelivered", "OrderReturned"], at
        assert await world.waiting("unknown") == [said("unknown", "lost"), said("unknown", "returned")], at
        assert len(await world.parked()) == 1 + len(unreadable), at
        if not trouble.happened:
            return


@settings(max_examples=40)
@given(st.permutations([*STORY, *STORY, said("o1", "returned", "seen-twice"), said("o1", "delivered", "late")]))
async def test_scans_in_any_order_and_number_end_as_those_in_order_do(scans: list[str]) -> None:
    world, in_order = HubWorld(), HubWorld()
    for each in (world, in_order):
        each.has("o1", *OPEN)

    await world.deliver(arriving(*scans))
    await in_order.deliver(arriving(*STORY))

    assert world.state("o1") == in_order.state("o1")
    assert await world.parked() == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("history", HISTORIES, ids=str)
async def test_at_every_place_of_an_orders_life_a_scan_is_applied_or_waits_and_twice_is_once(
    history: Events, kind: str
) -> None:
    world = HubWorld()
    world.has("o1", *history)
    batch = arriving(said("o1", kind))

    await world.deliver(batch)
    once = world.history("o1")
    await world.deliver(batch)

    assert world.history("o1") == once
    is_parked = bool(await world.parked())
    assert await world.waiting("o1") == ([said("o1", kind)] if is_parked else [])
    assert not is_parked or len(once) == len(history)


async def test_what_follows_a_refused_scan_waits_behind_it_and_other_orders_flow() -> None:
    world = HubWorld()
    world.has("o2", *OPEN)

    await world.deliver(arriving(said("o1", "delivered"), said("o2", "lost")))
    await world.deliver(arriving(said("o1", "returned"), first=2))

    assert world.names("o2")[-1] == "ShipmentLost"
    shown = await world.desk.show(lane_of("o1"))
    assert (shown["reason"], shown["first"], shown["last"]) == ("unknown_order", 1, 2)
    assert shown["waiting"] == [{"sequence": n, "type": "ReportParcel"} for n in (1, 2)]


async def test_a_release_runs_what_waits_in_order_once_the_order_is_there() -> None:
    world = HubWorld()
    await world.deliver(arriving(*STORY))

    early = await world.desk.release(lane_of("o1"))
    world.has("o1", *OPEN)
    done = await world.desk.release(lane_of("o1"))

    assert (early["outcome"], early["at"], early["reason"]) == ("still poison", 1, "unknown_order")
    assert done["outcome"] == "released"
    assert world.names("o1")[-3:] == ["OrderShipped", "OrderDelivered", "OrderReturned"]
    assert world.stored.rows == {}


async def test_a_contradiction_waits_until_a_person_has_settled_it() -> None:
    world = HubWorld()
    world.has("o1", PLACED, *PAID, BOOKED, SHIPPED, DELIVERED)

    await world.deliver(arriving(said("o1", "lost")))

    (row,) = await world.desk.all()
    assert row["reason"] == "contradiction"
    assert world.names("o1")[-1] == "OrderDelivered"


async def test_a_scan_before_the_order_left_by_hand_is_kept_until_it_has() -> None:
    world = HubWorld()
    world.has("o1", PLACED)
    await world.deliver(arriving(said("o1", "delivered")))

    world.has("o1", PLACED, SHIPPED)
    await release_all(world)

    assert world.names("o1")[-1] == "OrderDelivered"


async def test_a_message_nobody_can_read_is_kept_whole_and_holds_up_nobody() -> None:
    world = HubWorld()
    world.has("o1", *OPEN)
    broken: list[dict[str, object]] = [{"id": "0.7.x", "partition": "0", "sequence": 7, "base64": "/w=="}]

    await world.deliver([*arriving("{", said("o1", "lost")), *broken])

    assert world.names("o1")[-1] == "ShipmentLost"
    kept = await world.parked()
    assert {item["reason"] for item in kept} == {"unreadable_message"}
    assert [item["item"] for item in kept] == [*arriving("{"), *broken]


async def test_a_mended_message_goes_the_way_of_every_message() -> None:
    world = HubWorld()
    world.has("o1", *OPEN)
    await world.deliver(arriving("{"))
    (place,) = world.stored.rows
    kept = world.stored.rows[place]
    (mended,) = arriving(said("o1", "delivered"))
    await world.stored.replace(place[0], place[1], {**kept.item, "item": mended}, etag=kept.etag)

    await release_all(world)

    assert world.names("o1")[-1] == "OrderDelivered"


async def test_a_scan_in_a_language_we_do_not_speak_waits_in_its_place() -> None:
    world = HubWorld()
    world.has("o1", *OPEN)

    await world.deliver(arriving(said("o1", "in transit"), said("o1", "delivered")))

    shown = await world.desk.show(lane_of("o1"))
    assert shown["reason"] == "unreadable"
    assert shown["waiting"] == [{"sequence": 1, "type": "unreadable"}, {"sequence": 2, "type": "ReportParcel"}]
    assert len(world.history("o1")) == len(OPEN)


async def test_more_messages_than_one_transaction_holds_wait_in_order() -> None:
    world = HubWorld()
    bodies = [said("o1", "delivered", f"e{number}") for number in range(230)]

    await world.deliver(arriving(*bodies))
    await world.deliver(arriving(*bodies))

    assert await world.waiting("o1") == bodies


async def test_a_flood_of_unknown_orders_makes_the_hub_wait_instead_of_parking_them_all() -> None:
    world = HubWorld()
    sent = arriving(*(said(f"o{number}", "delivered") for number in range(60)))

    with pytest.raises(Transient):
        await world.deliver(sent)

    assert len(await world.parked()) == 20
