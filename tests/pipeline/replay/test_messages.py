"""A hub's messages that wait: one is mended or left out, and the original is kept, for the hub has let it go."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.pipeline.claims import Claimed, Claims
from shared.pipeline.deeds import Author
from shared.pipeline.replay.edits import NotEditable
from shared.pipeline.replay.mend import Mending
from shared.pipeline.replay.overlay import Stores
from shared.pipeline.replay.shell import Replay
from shared.ports import Item
from tests.orders import EPOCH
from tests.pipeline.hub_world import HubWorld, arriving, lane_of, said
from tests.pipeline.replay.desk import check
from tests.pipeline.test_receive import OPEN

ME = Author("ada", "the carrier says it was a test")
LANE = lane_of("o1")


class Left:
    """Nobody has died."""

    async def claims(self) -> Sequence[Item]:
        return ()


def mending(world: HubWorld) -> Mending:
    stores = Stores(world.events, world.stored, world.partitions, world.partitions)
    claims = Claims(world.partitions, world.stored, lambda: f"n{next(world.nonces)}", lambda: EPOCH)
    return Mending(Replay(world.desk, claims, Left(), stores, "orders"), check)


async def two_waiting() -> HubWorld:
    """The first contradicts what is known; the second would be welcome."""
    world = HubWorld()
    await world.deliver(arriving(said("o1", "lost", "e1"), said("o1", "delivered", "e2")))
    world.has("o1", *OPEN)
    return world


async def test_a_message_is_left_out_and_those_behind_it_go_in() -> None:
    world = await two_waiting()
    (first, _) = await world.waiting("o1")

    row = await mending(world).drop(LANE, ME)
    outcome = await mending(world).replay.one(LANE, ME)

    assert (row["at"], outcome["outcome"]) == (1, "released")
    assert world.names("o1")[-2:] == ["OrderShipped", "OrderDelivered"]
    kinds = {str(stored.item["type"]): stored.item for stored in world.stored.rows.values()}
    assert kinds.keys() == {"Deed"}
    dropped: list[Any] = [s.item for s in world.stored.rows.values() if s.item["action"] == "drop"]
    assert dropped[0]["before"]["item"]["body"] == first
    assert (dropped[0]["who"], dropped[0]["why"]) == (ME.who, ME.why)


async def test_a_message_is_mended_and_goes_in_as_it_should_have_been() -> None:
    world = await two_waiting()
    (first, _) = await world.waiting("o1")

    await mending(world).edit(LANE, {"body": said("o1", "returned", "e1")}, ME, at=2)
    await mending(world).drop(LANE, ME, at=1)
    outcome = await mending(world).replay.one(LANE, ME)

    assert outcome["outcome"] == "released"
    assert world.names("o1")[-2:] == ["OrderShipped", "OrderReturned"]
    assert first not in str(list(world.history("o1")))
    # Nobody else has kept the message as it was, nor as it went in.
    edits: list[Any] = [s.item for s in world.stored.rows.values() if s.item["action"] == "edit"]
    assert edits[0]["before"]["item"]["body"] == said("o1", "delivered", "e2")
    assert edits[0]["after"]["item"]["body"] == said("o1", "returned", "e1")


@pytest.mark.parametrize("act", ["edit", "drop"])
async def test_what_somebody_is_putting_in_just_now_is_not_changed_under_his_hands(act: str) -> None:
    world = await two_waiting()
    at_desk = mending(world)
    await at_desk.replay.claims.take(LANE, "replay", Author("bob", "me too"), before={})
    before = dict(world.stored.rows)

    new = {"body": said("o1", "returned", "e1")}
    with pytest.raises(Claimed, match="bob is at it"):
        await (at_desk.drop(LANE, ME) if act == "drop" else at_desk.edit(LANE, new, ME, at=2))

    assert world.stored.rows == before


async def test_what_is_foreseen_of_messages_is_what_happens() -> None:
    world = await two_waiting()
    before = dict(world.stored.rows), world.names("o1")

    foreseen = await mending(world).rehearse(lambda there: there.drop_and_replay(LANE, ME))

    assert (world.stored.rows, world.names("o1")) == before
    gone = {change.key.id for change in foreseen.changes if change.kind == "deleted"}
    assert gone == {"head", *(str(item["id"]) for item in await letters(world))}
    told = {change.key.id for change in foreseen.changes if change.container == "orders"}
    was = set(world.events.streams["o1"])
    assert foreseen.came_of_it == await mending(world).drop_and_replay(LANE, ME)
    assert set(world.events.streams["o1"]) - was == told
    assert {key.partition for _, key in world.stored.rows} == {LANE}


async def letters(world: HubWorld) -> list[Item]:
    return [item async for item in world.partitions.items("poison", LANE) if item["type"] == "HeldMessage"]


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ({"body": said("o2", "returned")}, "lane is another"),
        ({"body": "{}"}, "would not pass"),
        ({"body": '{"orderId": "o1"}'}, "still not be readable"),
        ({"id": "another"}, "whose it is"),
    ],
)
async def test_a_message_stays_its_orders_and_has_to_be_readable(new: dict[str, object], why: str) -> None:
    world = await two_waiting()
    before = dict(world.stored.rows)

    with pytest.raises(NotEditable, match=why):
        await mending(world).edit(LANE, new, ME)

    assert world.stored.rows == before
