"""The parts of a rebuild: what is compared, how fast it goes, and for how long a list is believed."""

from hypothesis import given
from hypothesis import strategies as st

from projections.order_board import order_board
from shared.kernel import Key
from shared.pipeline.generations import LIST, MAX_AGE, KnownGenerations, ListedGenerations
from shared.pipeline.rebuild.pace import Pace
from shared.pipeline.rebuild.verdict import NOTHING, PARTS, Digests, Seen, verdict
from tests.fakes import Clock, FakeRows
from tests.pipeline.rebuild.towns import Town

keys = st.builds(Key, st.sampled_from(["00", "01"]), st.text("ab", min_size=1, max_size=3))
rows = st.dictionaries(keys, st.builds(Seen, st.integers(1, 3), st.binary(min_size=1, max_size=1), st.booleans()))
KEY = Key("00", "o1")


def digests(found: list[tuple[Key, Seen]]) -> Digests:
    made = Digests()
    for key, row in found:
        made.add(key, row)
    return made


@given(one=rows, other=rows)
def test_digests_are_equal_exactly_where_rows_are(one: dict[Key, Seen], other: dict[Key, Seen]) -> None:
    same = digests(list(one.items())).differing(digests(list(reversed(other.items()))))

    assert (not same) == (one == other)
    assert all(part in range(PARTS) for part in same)


def test_digests_of_bodies_do_not_mind_marks() -> None:
    one, other = digests([(KEY, Seen(3, b"a"))]), digests([(KEY, Seen(4, b"a"))])

    assert one.equal(other) == PARTS
    assert len(one.differing(other)) == 1


def test_a_row_without_a_body_is_as_good_as_none() -> None:
    assert verdict(KEY, Seen(4), NOTHING) is None
    assert not digests([(KEY, Seen(4))]).differing(Digests())


def test_a_difference_is_explained_only_by_a_live_row_that_waits() -> None:
    live, grown = Seen(2, b"a", is_stale=True), Seen(4, b"b")

    found = [verdict(KEY, live, grown), verdict(KEY, grown, live), verdict(KEY, Seen(2, b"a"), grown)]

    assert [(each.why, each.is_explained) for each in found if each] == [
        ("was parked", True),
        ("parked", False),
        ("differs", False),
    ]


def test_the_same_body_with_a_lower_mark_is_behind_and_with_a_higher_one_is_not() -> None:
    behind, ahead = (verdict(KEY, Seen(3, b"a"), Seen(mark, b"a")) for mark in (2, 4))

    assert behind
    assert behind.why == "behind"
    assert ahead is None


@given(charges=st.lists(st.floats(0, 1000), min_size=1, max_size=20))
async def test_what_is_spent_takes_the_time_that_it_is_given(charges: list[float]) -> None:
    clock = Clock()
    pace = Pace(100, clock, clock.sleep)

    for charge in charges:
        await pace.spent(charge)

    assert abs(clock.seconds - sum(charges) / 100) < 1e-6 * (1 + clock.seconds)


async def test_a_list_is_read_once_for_as_long_as_it_is_young() -> None:
    rows, clock = FakeRows(), Clock()
    known = KnownGenerations(ListedGenerations(rows), clock)

    for _ in range(10):
        await known.of(order_board)
    reads_while_young = rows.fate.step
    clock.seconds += MAX_AGE
    await known.of(order_board)

    assert (reads_while_young, rows.fate.step) == (1, 2)


async def test_the_list_is_an_item_of_the_views_own_container() -> None:
    town = Town()

    await town.operator().grow(1)

    assert set(town.apart()) == {LIST, Key("~", "backfill-2")}
