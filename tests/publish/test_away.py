"""A hub that is away makes the feed wait, for as long as it takes, and nothing is held against any order."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest

from orders.events import OrderEvent, OrderPlaced, OrderShipped
from shared.kernel import Recorded, Transient
from shared.pipeline import Brake, Engine, Lanes, Ledgers, Pipeline, Suspects
from shared.pipeline.suspects import WATCHED_FROM_ATTEMPT
from tests.fakes import Clock, FakeBuckets, FakeEventStore, FakeRows
from tests.orders import EPOCH, a_line, recorded, usd
from tests.pipeline.worlds import CODEC, World, text
from tests.publish.hubs import PUBLISHING, FakeHub, outlets

PLACED = OrderPlaced((a_line(),), usd(500))
STREAMS = [
    recorded([PLACED, OrderShipped(by_hand=True)], stream="o0"),
    recorded([PLACED], stream="o1"),
]
PAGE = text(CODEC.encode(event) for events in STREAMS for event in events)
# What the host waits at the most between two attempts (`UNTIL_HANDLED` in shared/settings.py).
BETWEEN_ATTEMPTS = timedelta(minutes=1)


class Worker:
    """A process: what it has in memory goes with it, what it has stored stays."""

    def __init__(self, rows: FakeRows, hub: FakeHub, clock: Clock) -> None:
        lanes = Lanes(rows, nonce=lambda: uuid4().hex, now=lambda: EPOCH)
        ledgers = Ledgers(FakeBuckets())
        engine = Engine(CODEC, FakeEventStore(), rows, lanes, Brake(clock), ledgers, outlets=outlets(hub))
        self._suspects = Suspects(rows, clock, max_seconds=120)
        self._pipeline = Pipeline(engine, self._suspects, max_seconds=120)
        self._hurried = Pipeline(engine, self._suspects, max_seconds=0)

    async def attempt(self, number: int, *, is_hanging: bool) -> None:
        await (self._hurried if is_hanging else self._pipeline).run(PUBLISHING, PAGE, attempt=number)


@pytest.mark.parametrize(
    "between", [timedelta(minutes=15), pytest.param(BETWEEN_ATTEMPTS, marks=pytest.mark.long)], ids=str
)
async def test_three_days_without_a_hub_lose_nothing_and_accuse_nobody(between: timedelta) -> None:
    chance, rows, hub, clock = random.Random(8), FakeRows(), FakeHub("refuses"), Clock()  # noqa: S311 - drawn again
    worker, attempt = Worker(rows, hub, clock), 0

    while clock.seconds < timedelta(days=3).total_seconds():
        attempt += 1
        hub.presence = "hangs" if chance.random() < 0.1 else "refuses"
        if chance.random() < 0.05:
            # It is killed while it waits for the hub, and another one begins to count from the first attempt.
            await killed(worker, attempt, hub)
            worker, attempt = Worker(rows, hub, clock), 0
        else:
            with pytest.raises(Transient):
                await worker.attempt(attempt, is_hanging=hub.presence == "hangs")
        clock.seconds += between.total_seconds()
    hub.presence = "there"
    await worker.attempt(attempt + 1, is_hanging=False)

    assert rows.rows == {}
    assert [hub.of(events[0].stream) for events in STREAMS] == [ids(events) for events in STREAMS]


async def killed(worker: Worker, attempt: int, hub: FakeHub) -> None:
    hub.presence = "hangs"
    running = asyncio.ensure_future(worker.attempt(max(attempt, WATCHED_FROM_ATTEMPT), is_hanging=False))
    for _ in range(20):
        await asyncio.sleep(0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_what_has_gone_out_before_the_hub_went_away_only_comes_again() -> None:
    world = World([event for events in STREAMS for event in events])
    hub = FakeHub()
    world.outlets = outlets(hub)
    await world.deliver_to(PUBLISHING, STREAMS[0][:1])

    hub.presence = "refuses"
    with pytest.raises(Transient):
        await world.deliver_to(PUBLISHING, STREAMS[0])
    hub.presence = "there"
    await world.deliver_to(PUBLISHING, STREAMS[0])

    assert hub.of("o0") == ids(STREAMS[0])


def ids(events: Sequence[Recorded[OrderEvent]]) -> list[str]:
    return [f"{event.stream}:{event.sequence:06d}" for event in events]
