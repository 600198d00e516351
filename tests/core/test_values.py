"""Money adds up exactly; stored times sort as they happened and survive the host."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import Money
from shared.kernel.values import from_text, reads_as_time, to_text

moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, moments)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)


@given(moments)
def test_a_time_comes_back_as_it_was(moment: datetime) -> None:
    assert from_text(to_text(moment)) == moment


@given(moments)
def test_a_time_survives_the_hosts_shorter_spelling(moment: datetime) -> None:
    shortened = to_text(moment).removesuffix("Z").rstrip("0").rstrip(".") + "Z"

    assert from_text(shortened) == moment


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        from_text("2026-01-31T09:30:00")


@pytest.mark.parametrize("text", ["2026-01-31T09:30:00Z", "2026-01-31T09:30", "2026-01-31T09:30:00+02:00", "/Date(1)/"])
def test_text_that_the_host_would_rewrite_is_recognised(text: str) -> None:
    assert reads_as_time(text)


@pytest.mark.parametrize("text", ["2026-01-31", "order 2026-01-31T09:30:00Z", "12", ""])
def test_other_text_is_left_alone(text: str) -> None:
    assert not reads_as_time(text)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="cannot add"):
        Money(1, "USD") + Money(1, "EUR")
