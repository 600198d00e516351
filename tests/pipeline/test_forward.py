"""Events are handed on in order, at least once; one that can never be sent holds back its own stream alone."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.events import OrderDelivered, OrderEvent, OrderPlaced, OrderShipped
from shared.kernel import Key, Poison, Recorded, Transient
from shared.pipeline import Forward, OneByOne
from shared.pipeline.consumers import StillPoison
from shared.pipeline.lanes import CONTAINER, HEAD, lane
from tests.fakes import FakeRows, Fate, Killed
from tests.orders import a_line, histories, recorded, usd
from tests.pipeline.worlds import World

PLACED = OrderPlaced((a_line(),), usd(500))
STREAM = recorded([PLACED, OrderShipped(by_hand=True), OrderDelivered()])
KEY = Key("o1", "o1")
FORWARD = Forward("publish")


@dataclass
class Post:
    """Takes everything but what it was told to refuse."""

    refused: set[int] = field(default_factory=set)
    sent: list[tuple[str, int]] = field(default_factory=list)

    async def hand_on(self, event: Recorded[Any]) -> None:
        if event.sequence in self.refused:
            raise Poison("too_large", "the outlet will never take it")
        self.sent.append((event.stream, event.sequence))


def world_with(post: Post, events: Sequence[Recorded[OrderEvent]], rows: FakeRows | None = None) -> World:
    return World(events, rows=rows or FakeRows(), outlets={FORWARD.name: OneByOne(post.hand_on)})


async def test_what_can_never_be_sent_holds_back_its_stream_and_no_other() -> None:
    other = recorded([PLACED], stream="o2")
    post = Post(refused={2})
    world = world_with(post, [*STREAM, *other])

    await world.deliver_to(FORWARD, [*STREAM[:2], *other])
    await world.deliver_to(FORWARD, STREAM[2:])

    assert post.sent == [("o1", 1), ("o2", 1)]
    head = world.rows.rows[CONTAINER, Key(lane("publish", KEY), HEAD)].item
    assert (head["first"], head["last"]) == (2, 3)


async def test_a_bug_in_handing_on_parks_its_stream_and_what_comes_from_outside_waits() -> None:
    post = Post()
    bugs: dict[str, Exception] = {"o1": KeyError("a bug"), "o3": ConnectionResetError()}

    async def hand_on(event: Recorded[Any]) -> None:
        if bug := bugs.get(event.stream):
            raise bug
        await post.hand_on(event)

    streams = [recorded([PLACED], stream=name) for name in ("o1", "o2", "o3")]
    world = World([event for each in streams for event in each], outlets={FORWARD.name: OneByOne(hand_on)})

    with pytest.raises(Transient):
        await world.deliver_to(FORWARD, [event for each in streams for event in each])

    assert post.sent == [("o2", 1)]
    assert (CONTAINER, Key(lane("publish", KEY), HEAD)) in world.rows.rows
    assert (CONTAINER, Key(lane("publish", Key("o3", "o3")), HEAD)) not in world.rows.rows


async def test_a_release_sends_what_waited_in_order_and_opens_the_way() -> None:
    post = Post(refused={2})
    world = world_with(post, STREAM)
    await world.deliver_to(FORWARD, STREAM)

    early = await FORWARD.release(KEY, world.engine)
    post.refused.clear()
    outcome = await FORWARD.release(KEY, world.engine)

    assert early == StillPoison(2, "too_large", "too_large: the outlet will never take it")
    assert outcome == "released"
    assert post.sent == [("o1", 1), ("o1", 2), ("o1", 3)]
    assert await FORWARD.release(KEY, world.engine) == "nothing to release"
    assert world.rows.rows == {}


@given(histories, st.integers(1, 6), st.booleans(), st.integers(0, 2**32).map(random.Random))
async def test_order_per_stream_survives_crashes_and_redelivery(
    happened: tuple[OrderEvent, ...], die_at: int, after_effect: bool, chance: random.Random
) -> None:
    events = recorded(happened)
    poison = chance.randint(1, len(events))
    post = Post(refused={poison})
    world = world_with(post, events, FakeRows(Fate(die_at, after_effect=after_effect)))

    at = 0
    while at < len(events):
        batch = events[at : at + chance.randint(1, 3)]
        try:
            await world.deliver_to(FORWARD, batch)
        except* Killed:
            # The host delivers the same batch to whoever comes next.
            await world.deliver_to(FORWARD, batch)
        at += len(batch)
    post.refused.clear()
    await released(world)

    assert set(post.sent) == {("o1", event.sequence) for event in events}
    firsts = [post.sent.index(("o1", event.sequence)) for event in events]
    assert all(earlier < later for earlier, later in pairwise(firsts))


async def released(world: World) -> None:
    outcome: object = None
    while outcome != "nothing to release":
        try:
            outcome = await FORWARD.release(KEY, world.engine)
        except Killed:
            continue
