"""A bad deployment does not park everything; a few bad keys do not stop everything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel import Key, Transient
from shared.pipeline import Brake
from tests.fakes import Clock
from tests.pipeline.lanes.feeds import Feed
from tests.pipeline.lanes.notes import folded, noted


def key(n: int) -> Key:
    return Key("p", f"k{n}")


def parked(brake: Brake, keys: range, reason: str = "handler_failed") -> int:
    """How many of these keys may be parked."""
    passed = 0
    for n in keys:
        try:
            brake.meet("c", reason, key(n))
        except Transient:
            continue
        passed += 1
    return passed


@given(st.integers(0, 1500))
@settings(max_examples=25, deadline=None)
def test_twenty_keys_or_five_in_a_hundred_may_be_parked_and_no_more(seen: int) -> None:
    brake = Brake(Clock())
    for n in range(seen):
        brake.see("c", key(n))

    assert parked(brake, range(200)) == min(200, max(20, seen * 5 // 100))


def test_a_key_counts_once_however_often_it_is_met_or_seen() -> None:
    brake = Brake(Clock())
    for _ in range(1000):
        brake.see("c", key(1))
        brake.meet("c", "handler_failed", key(1))

    assert parked(brake, range(30)) == 20


def test_each_reason_and_each_consumer_has_a_brake_of_its_own() -> None:
    brake = Brake(Clock())
    parked(brake, range(20))

    assert parked(brake, range(20, 40), "too_large") == 20
    brake.meet("another", "handler_failed", key(20))
    assert parked(brake, range(20, 21)) == 0


def test_after_a_quiet_minute_it_is_free_again() -> None:
    brake = Brake(clock := Clock())
    assert parked(brake, range(21)) == 20

    clock.seconds += 59
    assert parked(brake, range(21, 22)) == 0

    clock.seconds += 61
    assert parked(brake, range(30, 50)) == 20


def test_keys_seen_over_a_minute_ago_do_not_make_the_share() -> None:
    brake = Brake(clock := Clock())
    for n in range(1000):
        brake.see("c", key(n))

    clock.seconds += 61
    brake.see("c", key(0))

    assert parked(brake, range(50)) == 20


async def test_when_it_is_on_the_batch_waits_and_nothing_more_is_parked() -> None:
    bad = {f"bad{n}": "P" for n in range(40)}
    feed = Feed(bad | {"good": "N"})
    batch = [event for stream, kinds in feed.streams.items() for event in noted(kinds, stream)]

    for _ in range(3):
        with pytest.raises(Transient, match="wait"):
            await feed.deliver(batch)

    assert len(feed.parked()) == 20
    assert feed.seen("good") == folded("N")


async def test_with_the_deployment_taken_back_the_same_batch_passes() -> None:
    feed = Feed({f"bad{n}": "P" for n in range(40)})
    batch = [event for stream, kinds in feed.streams.items() for event in noted(kinds, stream)]
    with pytest.raises(Transient):
        await feed.deliver(batch)

    await feed.deliver(batch, version=1)
    await feed.release_all()

    assert feed.whole()
