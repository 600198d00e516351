"""Lease documents: the shape that the .NET SDK reads and writes, and what becomes of a lease when its range splits."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.host.continuation import EpkRange
from local.host.cosmos_trigger.lease import Lease, document, epk_lease, feed_name, parse, range_lease
from local.host.cosmos_trigger.split import PhysicalRange, heirs, missing, overlapping

FEED = "orders-acct.documents.azure.com_1oIbAA==_1oIbAMyyvRk="
WHOLE = EpkRange("", "FF")
WRITTEN = {
    "id": f"{FEED}..0",
    "version": 0,
    "LeaseToken": "0",
    "FeedRange": {"Range": {"min": "", "max": "05C1DFFFFFFFFC"}},
    "Owner": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "ContinuationToken": '"123"',
    "properties": {},
    "timestamp": "2026-01-01T10:00:00.1234567Z",
    "Mode": "Incremental Feed",
}
STORED = {"_etag": '"e"', "_ts": 1_700_000_000}
EDGES = st.lists(st.integers(min_value=1, max_value=254), unique=True, max_size=6).map(sorted)


def cut(edges: list[int]) -> tuple[PhysicalRange, ...]:
    """The whole key space, cut at these points."""
    borders = ["", *(f"{edge:02X}" for edge in edges), "FF"]
    return tuple(
        PhysicalRange(str(10 + number), EpkRange(low, high)) for number, (low, high) in enumerate(pairwise(borders))
    )


def parent(version: int) -> Lease:
    if version == 0:
        return range_lease(FEED, range_id="0", epk=WHOLE, mode="LatestVersion")
    return epk_lease(FEED, epk=WHOLE, mode="LatestVersion", continuation=None)


def test_ids_start_with_prefix_host_and_rids() -> None:
    name = feed_name("orders-", endpoint="https://acct.documents.azure.com:443/", container_rid="1oIbAMyyvRk=")

    assert name == FEED


def test_a_lease_of_the_net_sdk_is_written_back_as_it_was() -> None:
    written = document(parse(WRITTEN | STORED))

    assert written | {"timestamp": None} == WRITTEN | {"timestamp": None}
    assert list(written) == list(WRITTEN)
    # The clock of .NET counts in tenths of a microsecond, ours in whole ones.
    assert written["timestamp"] == "2026-01-01T10:00:00.123456Z"


def test_a_new_lease_is_free_and_knows_no_place() -> None:
    made = document(range_lease(FEED, range_id="0", epk=EpkRange("", "05C1DFFFFFFFFC"), mode="LatestVersion"))

    assert made == WRITTEN | {"Owner": None, "ContinuationToken": None, "timestamp": None}


def test_a_lease_that_was_never_touched_counts_from_when_it_was_written() -> None:
    lease = parse(WRITTEN | STORED | {"timestamp": None})

    assert lease.touched == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_lease_without_its_range_is_refused_with_what_to_do() -> None:
    old = {name: value for name, value in WRITTEN.items() if name != "FeedRange"} | STORED

    with pytest.raises(ValueError, match="another leaseContainerPrefix"):
        parse(old)


@given(EDGES, st.sampled_from([0, 1]))
def test_heirs_cover_the_range_without_gap_or_overlap_and_go_on_where_it_stood(edges: list[int], version: int) -> None:
    old = parent(version)

    children = heirs(old, cut(edges), feed=FEED, continuation='"7"', mode="LatestVersion")

    if not children:
        assert (version, edges) == (1, [])
        return
    ends = [(child.range.min, child.range.max) for child in children]
    assert (ends[0][0], ends[-1][1]) == ("", "FF")
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    assert {(child.continuation, child.owner) for child in children} == {('"7"', None)}
    assert len({child.id for child in children} | {old.id}) == len(children) + 1


def test_two_neighbours_whose_children_were_merged_go_on_each_at_its_own_place() -> None:
    """Nothing of the one is read from the other's place, where it would be left out."""
    left = range_lease(FEED, range_id="0", epk=EpkRange("", "80"), mode="LatestVersion")
    right = range_lease(FEED, range_id="1", epk=EpkRange("80", "FF"), mode="LatestVersion")
    ranges = cut([0x40, 0xC0])

    children = [
        heirs(old, overlapping(ranges, old.range), feed=FEED, continuation=place, mode="LatestVersion")
        for old, place in ((left, '"9"'), (right, '"4"'))
    ]

    places = [[(each.version, each.range.min, each.range.max, each.continuation) for each in some] for some in children]
    assert places == [[(0, "", "40", '"9"'), (1, "40", "80", '"9"')], [(1, "80", "C0", '"4"'), (0, "C0", "FF", '"4"')]]


def test_a_merged_range_lives_on_as_a_lease_of_its_part() -> None:
    half = range_lease(FEED, range_id="0", epk=EpkRange("", "80"), mode="LatestVersion")

    (heir,) = heirs(half, cut([]), feed=FEED, continuation='"7"', mode="LatestVersion")

    assert (heir.version, heir.token, heir.id) == (1, "-80", f"{FEED}..-80")


@given(EDGES, st.data())
def test_only_ranges_without_a_lease_are_missing(edges: list[int], data: st.DataObject) -> None:
    ranges = cut(edges)
    known = data.draw(st.lists(st.sampled_from(ranges), unique=True))

    leases = [range_lease(FEED, range_id=one.id, epk=one.epk, mode="LatestVersion") for one in known]

    assert missing(ranges, leases) == tuple(one for one in ranges if one not in known)


def test_overlapping_is_by_range_and_in_its_order() -> None:
    ranges = cut([0x40, 0x80, 0xC0])

    found = overlapping(tuple(reversed(ranges)), EpkRange("40", "C0"))

    assert found == ranges[1:3]
