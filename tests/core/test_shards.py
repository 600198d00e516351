"""A key's shard is read off the hash by which the store itself spreads keys over ranges."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from local.cosmos import epk
from shared.kernel import Shards
from shared.kernel.shards import effective_key

# From the SDK's own functions (azure-cosmos 4.17.1).
KNOWN = {
    "": "32E9366E637A71B4E710384B2F4970A0",
    "a": "3A5381E1114EB8D3FCC90795045B49B7",
    "pk1": "1EC0C2CBE45DBC919CF2B65D399C2673",
    "1": "3C80B1B7310BB39F29CC4EA05BDD461E",
    "日本": "2F64A78CFF1F1D412A8B6220090E9767",
}

counts = st.integers(0, 8).map(lambda power: 2**power)


@pytest.mark.parametrize("key", KNOWN)
def test_the_hash_is_the_stores(key: str) -> None:
    assert f"{effective_key(key):032X}" == KNOWN[key]


@given(st.text(max_size=70))
@example("x" * 14)
@example("x" * 15)
@example("x" * 30)
def test_the_hash_agrees_with_the_servers_on_any_text(key: str) -> None:
    assert effective_key(key).to_bytes(16) == epk.hash_v2(key)


@given(st.text(max_size=40), counts)
def test_a_bucket_is_one_of_the_buckets(key: str, count: int) -> None:
    assert Shards(count).bucket(key) in Shards(count).buckets()


@given(st.text(max_size=40), st.sampled_from([1, 2, 4, 8, 16]))
def test_a_shard_lies_in_one_range_when_there_are_no_more_ranges_than_shards(key: str, ranges: int) -> None:
    bounds = [int.from_bytes(low.rjust(16, b"\0")) for low in epk.equal_bounds(ranges, version=2)]
    of_range = sum(low <= effective_key(key) for low in bounds) - 1

    assert int(Shards(16).bucket(key)) * ranges // 16 == of_range


def test_keys_are_spread_evenly() -> None:
    counts = dict.fromkeys(Shards(16).buckets(), 0)
    for number in range(16_000):
        counts[Shards(16).bucket(f"ord_{number}")] += 1

    assert max(counts.values()) < 1200
    assert min(counts.values()) > 800


def test_buckets_may_be_of_something_and_are_then_others() -> None:
    assert Shards(2).buckets() == ("00", "01")
    assert Shards(2).buckets(of="2026-01-31") == ("2026-01-31:00", "2026-01-31:01")
    assert Shards(4).bucket("a", of="2026-01-31") == "2026-01-31:03"


@pytest.mark.parametrize("count", [0, -2, 3, 12])
def test_a_count_that_is_no_power_of_two_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="not a power of two"):
        Shards(count)
