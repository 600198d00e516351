"""NCRONTAB: the next occurrence, compared with a walk over every second where that is possible."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.host.errors import BadSettings
from local.host.timers import Cron, schedule

MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1)).map(  # noqa: DTZ001 - made aware
    lambda moment: moment.replace(tzinfo=UTC)
)


def part(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(min_value=low, max_value=high)
    ends = st.tuples(number, number).map(sorted)
    return st.one_of(
        st.just("*"),
        number.map(str),
        ends.map(lambda pair: f"{pair[0]}-{pair[1]}"),
        st.integers(min_value=1, max_value=high).map(lambda step: f"*/{step}"),
    )


SCHEDULES = st.tuples(part(0, 59), part(0, 59), part(0, 23), part(1, 28), part(1, 12), st.just("*")).map(" ".join)


def fits(cron: Cron, moment: datetime) -> bool:
    return (
        moment.second in cron.seconds
        and moment.minute in cron.minutes
        and moment.hour in cron.hours
        and moment.day in cron.days
        and moment.month in cron.months
        and moment.isoweekday() % 7 in cron.weekdays
    )


@given(SCHEDULES, MOMENTS)
def test_the_next_occurrence_fits_and_is_later(expression: str, moment: datetime) -> None:
    cron = schedule(expression)
    assert isinstance(cron, Cron)

    found = cron.after(moment)

    assert found is not None
    assert found > moment
    assert fits(cron, found)


@given(st.tuples(part(0, 59), part(0, 59)).map(" ".join), MOMENTS)
def test_nothing_that_fits_is_left_out(expression: str, moment: datetime) -> None:
    cron = schedule(f"{expression} * * * *")
    assert isinstance(cron, Cron)

    found = cron.after(moment)

    assert found is not None
    start = moment.replace(microsecond=0)
    walk = (start + timedelta(seconds=second) for second in range(1, 3601))
    assert found == next(each for each in walk if fits(cron, each))


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 */5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00"),
        ("0 0 9-17 * * mon-fri", "2026-01-02T17:00:00", "2026-01-05T09:00:00"),
        ("0 30 9 * Jan Sunday", "2026-02-01T00:00:00", "2027-01-03T09:30:00"),
        ("5/15 * * * * *", "2026-01-01T00:00:05", "2026-01-01T00:00:20"),
        ("30 9 * * *", "2026-01-01T10:00:00", "2026-01-02T09:30:00"),
        ("0 0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00"),
        # Day of month and day of week must both fit.
        ("0 0 0 13 * 5", "2026-01-01T00:00:00", "2026-02-13T00:00:00"),
        ("1,2 0 0 * * *", "2026-01-01T00:00:01", "2026-01-01T00:00:02"),
        ("00:30:00", "2026-01-01T00:00:00", "2026-01-01T00:30:00"),
    ],
)
def test_the_examples_of_the_documentation(expression: str, after: str, expected: str) -> None:
    found = schedule(expression).after(datetime.fromisoformat(after).replace(tzinfo=UTC))

    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_day_that_never_comes_has_no_occurrence() -> None:
    assert schedule("0 0 0 31 2 *").after(datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_occurrences_follow_each_other() -> None:
    every = schedule("*/20 * * * * *")
    found: list[datetime] = [datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)]
    for _ in range(6):
        following = every.after(found[-1])
        assert following is not None
        found.append(following)

    assert {after - before for before, after in pairwise(found[1:])} == {timedelta(seconds=20)}


@pytest.mark.parametrize(
    "expression", ["", "* * *", "61 * * * * *", "* * * * * 7", "a * * * * *", "*/0 * * * * *", "5-1 * * * * *"]
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(BadSettings):
        schedule(expression)
