"""Events are handed on in order, at least once; one that can never be sent holds back its own stream alone."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orders.events import OrderDelivered, OrderEvent, OrderPlaced, OrderShipped
from shared.kernel import Key, Poison, Recorded
from shared.pipeline import Forward
from shared.pipeline.consumers import StillPoison
from shared.pipeline.lanes import CONTAINER, HEAD, lane
from tests.fakes import FakeRows, Fate, Killed
from tests.orders import a_line, histories, recorded, usd
from tests.pipeline.worlds import World

PLACED = OrderPlaced((a_line(),), usd(500))
STREAM = recorded([PLACED, OrderShipped(by_hand=True), OrderDelivered()])
KEY = Key("o1", "o1")


@dataclass
class Post:
    """Takes everything but what it was told to refuse."""

    refused: set[int] = field(default_factory=set)
    sent: list[tuple[str, int]] = field(default_factory=list)

    name: str = "publish"

    async def send(self, event: Recorded[Any]) -> None:
        if event.sequence in self.refused:
            raise Poison("too_large", "the outlet will never take it")
        self.sent.append((event.stream, event.sequence))


async def deliver(world: World, post: Post, batch: Sequence[Recorded[OrderEvent]]) -> None:
    await world.deliver_to(Forward(post), batch)


async def test_what_can_never_be_sent_holds_back_its_stream_and_no_other() -> None:
    other = recorded([PLACED], stream="o2")
    world, post = World([*STREAM, *other]), Post(refused={2})

    await deliver(world, post, [*STREAM[:2], *other])
    await deliver(world, post, STREAM[2:])

    assert post.sent == [("o1", 1), ("o2", 1)]
    head = world.rows.rows[CONTAINER, Key(lane("publish", KEY), HEAD)].item
    assert (head["first"], head["last"]) == (2, 3)


async def test_a_release_sends_what_waited_in_order_and_opens_the_way() -> None:
    world, post = World(STREAM), Post(refused={2})
    await deliver(world, post, STREAM)
    forward = Forward(post)

    early = await forward.release(KEY, world.engine)
    post.refused.clear()
    outcome = await forward.release(KEY, world.engine)

    assert early == StillPoison(2, "too_large", "too_large: the outlet will never take it")
    assert outcome == "released"
    assert post.sent == [("o1", 1), ("o1", 2), ("o1", 3)]
    assert await forward.release(KEY, world.engine) == "nothing to release"
    assert world.rows.rows == {}


@given(histories, st.integers(1, 6), st.booleans(), st.integers(0, 2**32).map(random.Random))
async def test_order_per_stream_survives_crashes_and_redelivery(
    happened: tuple[OrderEvent, ...], die_at: int, after_effect: bool, chance: random.Random
) -> None:
    events = recorded(happened)
    poison = chance.randint(1, len(events))
    world = World(events, rows=FakeRows(Fate(die_at, after_effect=after_effect)))
    post = Post(refused={poison})
    forward = Forward(post)

    at = 0
    while at < len(events):
        batch = events[at : at + chance.randint(1, 3)]
        try:
            await deliver(world, post, batch)
        except* Killed:
            # The host delivers the same batch to whoever comes next.
            await deliver(world, post, batch)
        at += len(batch)
    post.refused.clear()
    await released(forward, world)

    assert set(post.sent) == {("o1", event.sequence) for event in events}
    firsts = [post.sent.index(("o1", event.sequence)) for event in events]
    assert all(earlier < later for earlier, later in pairwise(firsts))


async def released(forward: Forward, world: World) -> None:
    outcome: object = None
    while outcome != "nothing to release":
        try:
            outcome = await forward.release(KEY, world.engine)
        except Killed:
            continue
