"""The lag of a feed: nothing unknown is 0, nothing is counted twice, and every layout of a lease says the same."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.lag import Change, Keys, Lease, PhysicalRange, Piece, Sight, living
from shared.lag.ranges import covered
from shared.lag.reckoning import Feed, Reckoning, Seen, feed_lag
from shared.lag.sight import newest_transaction

NOW = datetime(2026, 1, 1, 10, tzinfo=UTC)
MINUTE = timedelta(seconds=60)
EDGES = st.lists(st.integers(min_value=1, max_value=254), unique=True, max_size=5).map(sorted)
LAYOUTS = st.sampled_from(["v0", "v0 without bounds", "v1", "v1 without bounds", "legacy"])


def cut(edges: list[int], *, first: int = 0, parents: tuple[str, ...] = ()) -> tuple[PhysicalRange, ...]:
    """The whole key space, cut at these points."""
    borders = ["", *(f"{edge:02X}" for edge in edges), "FF"]
    return tuple(
        PhysicalRange(str(first + number), Keys(low, high), parents)
        for number, (low, high) in enumerate(pairwise(borders))
    )


def document(one: PhysicalRange, layout: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - of a lease item
    bounds = {"FeedRange": {"Range": {"min": one.keys.low, "max": one.keys.high}}}
    token = f"{one.keys.low}-{one.keys.high}"
    layouts: dict[str, dict[str, Any]] = {
        "v0": {"version": 0, "LeaseToken": one.id, **bounds},
        "v0 without bounds": {"version": 0, "LeaseToken": one.id},
        "v1": {"version": 1, "LeaseToken": token, **bounds},
        "v1 without bounds": {"version": 1, "LeaseToken": token},
        "legacy": {"PartitionId": one.id},
    }
    return {"id": f"feed-x..{one.id}", "Owner": None, "ContinuationToken": None, "_ts": 0, **layouts[layout], **fields}


def lease(one: PhysicalRange, layout: str = "v0", **fields: Any) -> Lease:  # noqa: ANN401 - of a lease item
    read = Lease.read(document(one, layout, **fields))
    assert read
    return read


def seen(of: Lease, ranges: tuple[PhysicalRange, ...], *, first: int, newest: int, counted: int | None = None) -> Seen:
    """A lease with the same to read in each of its pieces."""
    change = Change(first, int(NOW.timestamp()) - 30)
    return Seen(of, tuple(Sight(piece, newest, change, counted) for piece in of.pieces(ranges)))


def reckoned(ranges: tuple[PhysicalRange, ...], *leases: Seen) -> Reckoning:
    return feed_lag(Feed("view", "orders", ranges, leases), now=NOW, expires_after=MINUTE)


@given(EDGES, st.data())
def test_every_layout_covers_its_range_and_no_other(edges: list[int], data: st.DataObject) -> None:
    ranges = cut(edges)

    for one in ranges:
        assert lease(one, data.draw(LAYOUTS)).pieces(ranges) == (Piece(one.id, one.keys),)


@given(EDGES, EDGES, LAYOUTS)
def test_after_splits_and_merges_the_pieces_are_all_of_the_lease_and_nothing_else(
    old: list[int], new: list[int], layout: str
) -> None:
    before = cut(old)
    after = cut(new, first=100, parents=tuple(one.id for one in before))

    for one in before:
        pieces = lease(one, layout).pieces(after)
        assert covered(one.keys, [piece.keys for piece in pieces])
        if "legacy" not in layout and layout != "v0 without bounds":
            assert all(piece.keys.common(one.keys) == piece.keys for piece in pieces)


@given(EDGES, EDGES, st.lists(st.integers(1, 50), min_size=6, max_size=6), st.data())
def test_changes_that_were_counted_add_up_however_ranges_were_cut(
    old: list[int], new: list[int], counts: list[int], data: st.DataObject
) -> None:
    before, after = cut(old), cut(new, first=100, parents=tuple("012345"))
    layouts = st.sampled_from(["v0", "v1", "v1 without bounds"])
    found = []
    for one, count in zip(before, counts, strict=False):
        of = lease(one, data.draw(layouts), ContinuationToken='"7"')
        pieces = of.pieces(after)
        shares = [count, *[0] * (len(pieces) - 1)]
        sights = [
            Sight(piece, 90, Change(8, 0) if share else None, share)
            for piece, share in zip(pieces, shares, strict=True)
        ]
        found.append(Seen(of, tuple(sights)))

    feed = reckoned(after, *found).feed

    assert (feed.lag, feed.exact, feed.unknown) == (sum(counts[: len(before)]), True, 0)


@given(EDGES, st.integers(1, 1000), st.integers(1, 100))
def test_leases_that_share_a_merged_range_do_not_count_its_transactions_twice(
    old: list[int], first: int, waiting: int
) -> None:
    before, merged = cut(old), (PhysicalRange("9", Keys("", "FF"), tuple("012345")),)
    leases = [lease(one, ContinuationToken='"1"') for one in before]
    newest = first + waiting - 1

    found = reckoned(merged, *(seen(each, merged, first=first, newest=newest) for each in leases))

    assert (found.feed.lag, found.feed.exact) == (waiting, False)
    assert [(each.range, each.changes) for each in found.ranges] == [("9", waiting)]


@given(EDGES, st.data())
def test_a_parent_that_lies_beside_its_children_adds_nothing(edges: list[int], data: st.DataObject) -> None:
    parent, children = cut([])[0], cut(edges, first=100, parents=("0",))
    count = data.draw(st.one_of(st.none(), st.just(5)))
    leases = [lease(one, ContinuationToken='"1"') for one in children]
    alone = reckoned(children, *(seen(each, children, first=6, newest=10, counted=count) for each in leases))

    beside = reckoned(
        children,
        *(seen(each, children, first=6, newest=10, counted=count) for each in [*leases, lease(parent)]),
    )

    assert beside.feed.lag == alone.feed.lag == 5 * len(children)
    assert not beside.feed.exact


@given(EDGES, st.data())
def test_what_is_unknown_is_never_0_and_never_exact(edges: list[int], data: st.DataObject) -> None:
    ranges = cut(edges)
    fates = data.draw(st.lists(st.sampled_from(["read", "failed", "no lease"]), min_size=6, max_size=6))
    found = [
        seen(lease(one), ranges, first=1, newest=1, counted=0) if fate == "read" else Seen(lease(one), why="away")
        for one, fate in zip(ranges, fates, strict=False)
        if fate != "no lease"
    ]
    unknown = sum(fate != "read" for fate in fates[: len(ranges)])

    reckoning = reckoned(ranges, *found)

    assert (reckoning.feed.unknown, reckoning.feed.lag) == (unknown, unknown)
    assert reckoning.feed.exact == (unknown == 0)
    assert all((each.changes is None) == (each.measure == "unknown") == bool(each.why) for each in reckoning.leases)


def test_a_feed_without_leases_is_unknown_not_at_its_tail() -> None:
    feed = reckoned(cut([128])).feed

    assert (feed.leases, feed.lag, feed.unknown, feed.exact, feed.seconds) == (0, 2, 2, False, None)


@given(st.integers(0, 10**6), st.integers(-5, 10**6))
def test_transactions_are_counted_as_the_platform_does_and_at_least_one(first: int, more: int) -> None:
    sight = Sight(Piece("0", Keys("", "FF")), first + more, Change(first, 0))

    assert sight.transactions == max(1, more + 1)


@pytest.mark.parametrize(
    ("owner", "renewed", "expected"),
    [
        ("a", "2026-01-01T09:59:30.1234567Z", True),
        ("a", "2026-01-01T09:59:30", True),
        ("a", "2026-01-01T09:58:30Z", False),
        ("a", "yesterday", False),
        (None, "2026-01-01T09:59:30Z", False),
        ("", "2026-01-01T09:59:30Z", False),
    ],
)
def test_a_lease_is_owned_only_by_a_host_that_renews_it(owner: str | None, renewed: str, expected: bool) -> None:
    one = lease(cut([])[0], Owner=owner, timestamp=renewed)

    assert one.is_owned(NOW, expires_after=MINUTE) is expected


def test_a_lease_that_nobody_has_touched_counts_from_when_it_was_written() -> None:
    one = lease(cut([])[0], Owner="a", timestamp=None, _ts=int(NOW.timestamp()) - 59)

    assert one.is_owned(NOW, expires_after=MINUTE)


@pytest.mark.parametrize("item", [{"id": "feed-x.info"}, {"id": "feed-x.lock", "ttl": 30}, {"id": "else", "Owner": 1}])
def test_what_is_no_lease_is_none(item: dict[str, Any]) -> None:
    assert Lease.read(item) is None


def test_the_oldest_change_that_waits_gives_the_seconds() -> None:
    ranges = cut([128])
    ages = {"0": 30, "1": 7}
    found = [
        Seen(lease(one), (Sight(Piece(one.id, one.keys), 9, Change(9, int(NOW.timestamp()) - ages[one.id])),))
        for one in ranges
    ]

    assert reckoned(ranges, *found).feed.seconds == 30


@pytest.mark.parametrize(
    ("session", "lsn"), [("0:1#57#1=-1", 57), ("12:-1#8", 8), ("3:44", 44), ("44", 44), ("0:0#5#1=4#2=5", 5)]
)
def test_a_session_token_tells_the_newest_transaction(session: str, lsn: int) -> None:
    assert newest_transaction(session) == lsn


def test_ranges_that_were_split_or_merged_are_gone() -> None:
    described = [
        {"id": "0", "minInclusive": "", "maxExclusive": "FF", "parents": []},
        {"id": "2", "minInclusive": "80", "maxExclusive": "FF", "parents": ["0"]},
        {"id": "1", "minInclusive": "", "maxExclusive": "80", "parents": ["0"]},
    ]

    assert [one.id for one in living(described)] == ["1", "2"]
