"""A reader waits for what was committed before it came, for no more, and never for long."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from shared.kernel import Transient
from shared.pipeline import Fresh, Freshness
from shared.pipeline.freshness import PROBE_EVERY, STUCK_AFTER, WAIT_AT_MOST
from shared.ports import LeasePosition
from tests.fakes import Clock

type Feed = Callable[[int], Sequence[LeasePosition]]


def lease(name: str, *, behind: int = 0, at: str = "1", owned: bool = True) -> LeasePosition:
    return LeasePosition(name, at, owned, behind)


@dataclass
class Probed:
    """Answers the n-th probe as `feed` says, and takes a moment for it."""

    feed: Feed
    probes: int = 0
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    async def positions(self, consumer: str, container: str) -> Sequence[LeasePosition]:
        assert (consumer, container) == ("view", "orders")
        self.probes += 1
        number = self.probes
        await self.hold.wait()
        return self.feed(number)


def probed(feed: Feed) -> Probed:
    made = Probed(feed)
    made.hold.set()
    return made


def freshness(lags: Probed, clock: Clock, *, off: bool = False) -> Freshness:
    return Freshness(lags, clock, is_off=lambda _: off, sleep=clock.sleep)


async def test_a_view_at_its_tail_is_fresh_after_one_probe() -> None:
    lags = probed(lambda _: [lease("0"), lease("1")])

    assert await freshness(lags, Clock()).wait("view", "orders") == Fresh()
    assert lags.probes == 1


async def test_each_range_counts_once_it_was_seen_at_its_tail_however_much_others_write_on() -> None:
    lags = probed(lambda n: [lease("0", behind=n % 2, at=str(n)), lease("1", behind=(n + 1) % 2, at=str(n))])

    assert await freshness(lags, Clock()).wait("view", "orders") == Fresh()
    assert lags.probes == 2


async def test_a_view_that_stays_behind_is_answered_at_the_bound_with_what_it_lacks() -> None:
    clock = Clock()
    lags = probed(lambda n: [lease("0", behind=7, at=str(n)), lease("1")])

    assert await freshness(lags, clock).wait("view", "orders") == Fresh(lag=7)
    assert WAIT_AT_MOST <= clock.seconds < WAIT_AT_MOST + 2 * PROBE_EVERY


async def test_probes_keep_their_distance() -> None:
    clock = Clock()
    lags = probed(lambda n: [lease("0", behind=1, at=str(n))])

    await freshness(lags, clock).wait("view", "orders")

    assert lags.probes <= WAIT_AT_MOST / PROBE_EVERY + 2


async def test_a_hundred_readers_share_the_probes() -> None:
    lags = Probed(lambda _: [lease("0")])
    fresh = freshness(lags, Clock())
    readers = [asyncio.create_task(fresh.wait("view", "orders")) for _ in range(100)]
    while lags.probes == 0:
        await asyncio.sleep(0)

    lags.hold.set()

    assert set(await asyncio.gather(*readers)) == {Fresh()}
    assert lags.probes <= 2


async def test_a_probe_that_was_under_way_proves_nothing_to_who_came_later() -> None:
    lags = Probed(lambda n: [lease("0", behind=0 if n == 1 else 1, at=str(n))])
    clock = Clock()
    fresh = freshness(lags, clock)
    early = asyncio.create_task(fresh.wait("view", "orders"))
    while lags.probes == 0:
        await asyncio.sleep(0)
    late = asyncio.create_task(fresh.wait("view", "orders"))
    await asyncio.sleep(0)

    lags.hold.set()

    assert await early == Fresh()
    assert await late == Fresh(lag=1)


async def test_nobody_waits_for_a_view_that_is_switched_off_or_that_nobody_runs() -> None:
    for lags, off in (
        (probed(lambda _: [lease("0", behind=3)]), True),
        (probed(lambda _: [lease("0", behind=3, owned=False), lease("1")]), False),
        (probed(lambda _: []), False),
    ):
        clock = Clock()
        answer = await freshness(lags, clock, off=off).wait("view", "orders")
        assert not answer.is_fresh
        assert clock.seconds == 0


async def test_nobody_waits_for_a_view_that_has_not_moved_lately() -> None:
    clock = Clock()
    lags = probed(lambda _: [lease("0", behind=3, at="same")])
    fresh = freshness(lags, clock)
    while clock.seconds <= STUCK_AFTER:
        await fresh.wait("view", "orders")
    before = clock.seconds

    assert await fresh.wait("view", "orders") == Fresh(lag=3)
    assert clock.seconds <= before + PROBE_EVERY


async def test_a_store_that_is_away_is_not_waited_for() -> None:
    def away(_: int) -> Sequence[LeasePosition]:
        raise Transient("away")

    assert not (await freshness(probed(away), Clock()).wait("view", "orders")).is_fresh


async def test_the_first_reader_after_a_quiet_time_is_waited_for() -> None:
    clock = Clock()
    lags = probed(lambda n: [lease("0", behind=int(n == 2))])
    fresh = freshness(lags, clock)
    await fresh.wait("view", "orders")
    clock.seconds += 10 * STUCK_AFTER

    assert await fresh.wait("view", "orders") == Fresh()
    assert lags.probes == 3


async def test_a_probe_that_is_never_answered_holds_nobody_beyond_the_bound() -> None:
    fresh = Freshness(Probed(lambda _: []), monotonic)

    assert not (await fresh.wait("view", "orders", at_most=0.05)).is_fresh
