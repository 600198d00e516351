"""What was measured last is known everywhere with its age, and says what is wrong; many who ask are one who asks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import Transient
from shared.lag import Cost, Estimate, FeedLag, Measurement
from shared.lag.measurement import LATE_AFTER, SILENT_AFTER, troubles
from shared.pipeline import LagTold, LagWatch, OneAnswer
from shared.ports import Item, Reader
from tests.telemetry.hearing import hearing

NOW = datetime(2026, 1, 1, 10, tzinfo=UTC)
WELL = FeedLag("view", "orders", leases=4, owned=4, lag=0, seconds=0.0, exact=True)
COST = Cost(9, 12.5, 0.04)


@dataclass(slots=True)
class Clock:
    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment


@dataclass(slots=True)
class Lags:
    clock: Clock
    feeds: tuple[FeedLag, ...] = (WELL,)
    away: bool = False

    async def estimate(self, readers: Sequence[Reader], *, count_at_most: int = 0) -> Estimate:
        assert readers
        assert count_at_most > 0
        if self.away:
            raise Transient("the store is away")
        return Estimate(self.clock(), self.feeds, COST)


@dataclass(slots=True)
class Memory:
    item: Item | None = None

    async def renew(self, item: Item, *, over: Item | None) -> None:
        if over is self.item:
            self.item = item

    async def last(self) -> Item | None:
        return self.item


class Lanes:
    async def since(self) -> Sequence[tuple[str, str]]:
        return [("view", "2026-01-01")] * 4 + [("receiver", "2026-01-01")]


@dataclass(slots=True)
class Meter:
    told: list[float | None] = field(default_factory=list)

    def tell(self, estimate: Estimate, *, before: float | None) -> None:
        assert estimate.feeds
        self.told.append(before)


def watch(lags: Lags, kept: Memory, meter: Meter | None = None) -> LagWatch:
    readers = [Reader("view", "orders")]
    return LagWatch(lags, readers, kept, Lanes(), lags.clock, since=NOW, meter=meter or Meter())


async def test_what_one_instance_has_measured_another_one_knows_with_its_age() -> None:
    clock, kept = Clock(), Memory()
    measured = await watch(Lags(clock), kept).measure()
    clock.moment += timedelta(seconds=7)
    other = watch(Lags(clock), kept)

    found = await other.last()

    assert found == measured
    assert found.age(clock()) == 7
    assert not other.is_silent(found)


async def test_each_measurement_is_told_with_the_age_of_the_one_before() -> None:
    clock, meter = Clock(), Meter()
    watching = watch(Lags(clock), Memory(), meter)

    await watching.measure()
    clock.moment += timedelta(seconds=20)
    await watching.measure()

    assert meter.told == [None, 20]


async def test_a_measurement_that_fails_leaves_the_old_one_to_grow_old_until_that_is_said() -> None:
    clock, kept = Clock(), Memory()
    lags = Lags(clock, feeds=(replace(WELL, owned=0),))
    watching = watch(lags, kept)
    await watching.measure()
    lags.away = True

    with pytest.raises(Transient):
        await watching.measure()
    said = watching.troubles(await watching.last())
    clock.moment += timedelta(seconds=SILENT_AFTER + 1)

    assert said == [
        "feed_unowned: view: 4 of 4 leases belong to no host",
        "parked_lanes: view: 4 keys are parked",
        "parked_lanes: receiver: 1 keys are parked",
    ]
    assert watching.troubles(await watching.last()) == ["feed_silent: measured 61 s ago"]


async def test_one_who_was_held_up_does_not_undo_what_another_has_measured_meanwhile() -> None:
    clock, kept = Clock(), Memory()
    newer = watch(Lags(clock), kept)

    class HeldUp(Lags):
        async def estimate(self, readers: Sequence[Reader], *, count_at_most: int = 0) -> Estimate:
            found = await super().estimate(readers, count_at_most=count_at_most)
            clock.moment += timedelta(minutes=10)
            await newer.measure()
            return found

    await watch(HeldUp(clock), kept).measure()

    found = await newer.last()
    assert found
    assert found.age(clock()) == 0


def test_a_feed_without_leases_is_told_as_unknown_and_one_that_is_off_not_at_all() -> None:
    lost = replace(WELL, leases=0, owned=0, unknown=4, seconds=None)
    off = replace(lost, consumer="off", off=True)
    with hearing() as heard:
        LagTold(heard.observer).tell(Estimate(NOW, (lost, off), COST), before=None)

        assert heard.points("feed.leases.unknown") == [({"consumer": "view"}, 4)]
        assert heard.points("feed.lag.seconds") == []


def test_an_app_that_has_just_begun_has_not_been_silent() -> None:
    late = NOW + timedelta(seconds=SILENT_AFTER + 1)

    assert list(troubles(None, now=NOW, since=NOW)) == []
    assert list(troubles(None, now=late, since=NOW)) == ["feed_silent: never measured"]


@pytest.mark.parametrize(
    ("feed", "alerts"),
    [
        (WELL, []),
        (replace(WELL, seconds=LATE_AFTER), []),
        (replace(WELL, seconds=LATE_AFTER + 1), ["feed_lag"]),
        (replace(WELL, owned=3), ["feed_unowned"]),
        (replace(WELL, unknown=1, seconds=None), ["feed_unknown"]),
        (replace(WELL, leases=0, owned=0, unknown=4, seconds=None), ["feed_unknown"]),
        (replace(WELL, seconds=99.0, owned=0, unknown=1, off=True), []),
    ],
)
def test_each_trouble_is_named_as_its_alert(feed: FeedLag, alerts: list[str]) -> None:
    last = Measurement(NOW, (feed,), {}, COST)

    assert [each.partition(":")[0] for each in troubles(last, now=NOW, since=NOW)] == alerts


def test_each_trouble_has_its_place_in_the_runbook() -> None:
    bad = replace(WELL, seconds=99.0, owned=0, unknown=1)
    last = Measurement(NOW, (bad,), {"view": 1}, COST)
    later = NOW + timedelta(seconds=SILENT_AFTER + 1)
    runbook = (Path(__file__).parents[2] / "docs/runbook.md").read_text().splitlines()

    said = [*troubles(last, now=NOW, since=NOW), *troubles(last, now=later, since=NOW)]

    assert len(said) == 5
    assert {f"## {each.partition(':')[0]}" for each in said} <= set(runbook)


FEEDS = st.builds(
    FeedLag,
    consumer=st.text(),
    container=st.text(),
    leases=st.integers(0, 9),
    owned=st.integers(0, 9),
    lag=st.integers(0, 10**6),
    off=st.booleans(),
    seconds=st.none() | st.floats(0, 10**6),
    exact=st.booleans(),
    unknown=st.integers(0, 9),
    unstarted=st.integers(0, 9),
)


@given(st.lists(FEEDS).map(tuple), st.dictionaries(st.text(), st.integers(0, 99)))
def test_a_measurement_is_read_as_it_was_kept(feeds: tuple[FeedLag, ...], parked: dict[str, int]) -> None:
    measured = Measurement(NOW, feeds, parked, COST)

    assert Measurement.read(measured.as_item()) == measured


@pytest.mark.parametrize("item", [{}, {"at": "never"}, {"at": "2026-01-01T00:00:00Z", "feeds": [{}], "parked": {}}])
def test_what_another_version_has_kept_is_no_measurement(item: dict[str, object]) -> None:
    assert Measurement.read(item) is None


@dataclass(slots=True)
class Check:
    """Counts how often it is made; an answer is given when `go` is set."""

    times: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> int:
        self.times += 1
        mine = self.times
        await self.go.wait()
        return mine


@dataclass(slots=True)
class Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def test_all_who_ask_within_the_time_get_one_answer() -> None:
    check, clock = Check(), Seconds()
    one_answer = OneAnswer(check, clock, good_for=5)
    check.go.set()

    answers = await asyncio.gather(*(one_answer() for _ in range(50)))
    clock.now = 5
    last = await one_answer()
    clock.now = 5.1
    new = await one_answer()

    assert ({*answers, last}, new, check.times) == ({1}, 2, 2)


async def test_nobody_gets_an_answer_that_began_before_they_came_when_it_is_good_for_no_time() -> None:
    check, clock = Check(), Seconds()
    one_answer = OneAnswer(check, clock)
    first = asyncio.create_task(one_answer())
    await asyncio.sleep(0)
    clock.now = 1
    later = [asyncio.create_task(one_answer()) for _ in range(50)]
    await asyncio.sleep(0)

    check.go.set()

    assert await first == 1
    assert set(await asyncio.gather(*later)) == {2}


async def test_one_who_gives_up_takes_the_answer_from_nobody_else() -> None:
    check = Check()
    one_answer = OneAnswer(check, Seconds(), good_for=5)
    hasty, patient = asyncio.create_task(one_answer()), asyncio.create_task(one_answer())
    await asyncio.sleep(0)

    hasty.cancel()
    check.go.set()

    assert await patient == 1
    assert check.times == 1


async def test_a_failure_is_shared_too_and_then_asked_again() -> None:
    clock, times = Seconds(), 0

    async def fail() -> int:
        nonlocal times
        times += 1
        raise Transient("away")

    one_answer = OneAnswer(fail, clock, good_for=5)
    for moment in (0, 1, 6):
        clock.now = moment
        with pytest.raises(Transient):
            await one_answer()

    assert times == 2
