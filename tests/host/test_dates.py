"""Dates in documents: the rewriting of the .NET host, value by value, and what stays true for all of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.host.dates import Json, rewritten, timestamp

MOMENTS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001 - made aware below
ZONES = st.sampled_from(["", "Z", "z", "+00:00", "+02:00", "-05:30", "+0530", "-11"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.builds(lambda at: at.isoformat(), MOMENTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_rewriting_twice_is_rewriting_once(value: Json) -> None:
    once = rewritten(value)

    assert rewritten(once) == once


@given(MOMENTS, ZONES)
def test_a_rewritten_date_is_the_same_moment(moment: datetime, zone: str) -> None:
    written = moment.isoformat() + zone

    result = rewritten(written)

    assert isinstance(result, str)
    assert datetime.fromisoformat(result) == datetime.fromisoformat(written.upper())


@given(MOMENTS)
def test_a_lease_timestamp_is_left_as_it_is(moment: datetime) -> None:
    written = timestamp(moment.replace(tzinfo=UTC))

    assert rewritten(written) == written
    assert datetime.fromisoformat(written) == moment.replace(tzinfo=UTC)


@given(st.dictionaries(st.text(max_size=9), JSON, max_size=3))
def test_names_of_properties_and_shapes_stay(value: dict[str, Json]) -> None:
    result = rewritten(value)

    assert isinstance(result, dict)
    assert list(result) == list(value)
    assert [type(item) for item in result.values()] == [type(item) for item in value.values()]


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("2026-01-01T00:00:00.120Z", "2026-01-01T00:00:00.12Z"),
        ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00.1234567Z"),
        ("2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00+00:00"),
        ("2026-01-01T00:30:00-05:30", "2026-01-01T06:00:00+00:00"),
        ("2026-01-01T00:00:00.5", "2026-01-01T00:00:00.5"),
        ("2026-01-01T24:00:00Z", "2026-01-02T00:00:00Z"),
        ("2026-01-01T00:00:00z", "2026-01-01T00:00:00Z"),
        ("/Date(1700000000120)/", "2023-11-14T22:13:20.12Z"),
    ],
)
def test_a_date_is_written_as_newtonsoft_writes_it(written: str, arrives: str) -> None:
    assert rewritten({"at": [written]}) == {"at": [arrives]}


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01",
        "2026-01-01 00:00:00Z",
        "2026-02-30T00:00:00.000Z",
        "2026-01-01T25:00:00.000Z",
        "2026-01-01T00:60:00.000Z",
        "2026-01-01T00:00:00.12345678Z",
        "2026-01-01T00:00:00.000Z ",
        "at 2026-01-01T00:00:00.000Z",
        "0001-01-01T00:00:00+02:00",
        "٢٠٢٦-01-01T00:00:00.000Z",
        "/Date(soon)/",
        "",
    ],
)
def test_what_is_no_date_stays_as_it_is(text: str) -> None:
    assert rewritten(text) == text


def test_an_offset_is_moved_by_its_whole_distance() -> None:
    late = datetime(2026, 1, 1, 1, tzinfo=UTC)

    assert rewritten("2026-01-01T01:00:00+13:45") == timestamp(late - timedelta(hours=13, minutes=45))[:-1] + "+00:00"
