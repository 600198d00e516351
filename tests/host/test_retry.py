"""Delays between attempts: those of the .NET host."""

from datetime import timedelta
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from local.host.retry import ENDLESS, ExponentialBackoff, FixedDelay, delays

SECONDS = st.integers(min_value=0, max_value=86_399).map(lambda seconds: timedelta(seconds=seconds))
LONGEST = timedelta(seconds=2_147_483_647)  # what the worker library gives for a missing maximum


def middle(low: float, high: float) -> float:
    return (low + high) / 2


@given(SECONDS, st.integers(min_value=0, max_value=50))
def test_a_finite_policy_has_as_many_delays_as_retries(delay: timedelta, limit: int) -> None:
    assert list(delays(FixedDelay(limit, delay), middle)) == [delay] * limit
    assert len(list(delays(ExponentialBackoff(limit, delay, LONGEST), middle))) == limit


@given(SECONDS, SECONDS, st.floats(min_value=0.8, max_value=1.2))
def test_an_endless_backoff_starts_at_the_minimum_and_never_passes_the_maximum(
    one: timedelta, other: timedelta, chance: float
) -> None:
    minimum, maximum = sorted((one, other))

    first = list(islice(delays(ExponentialBackoff(ENDLESS, minimum, maximum), lambda _low, _high: chance), 200))

    assert first[0] == minimum
    assert max(first) <= maximum
    assert all(before <= after for before, after in pairwise(first))
    assert first[-1] == (maximum if minimum else minimum)


def test_the_backoff_doubles_on_top_of_the_minimum() -> None:
    policy = ExponentialBackoff(ENDLESS, timedelta(seconds=2), timedelta(minutes=1))

    found = [delay.total_seconds() for delay in islice(delays(policy, middle), 7)]

    assert found == [2, 4, 6, 10, 18, 34, 60]
