"""Generations stand as their steps say, and a row of one is never taken for a row of another."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import Generation, Generations, Key, NotNow
from shared.kernel.generations import FIRST_NUMBER, parted

FIRST = Generations(Generation())
STEPS: tuple[Callable[[Generations], Generations], ...] = (
    lambda now: now.grow(1),
    Generations.promote,
    Generations.roll_back,
    Generations.retire,
    Generations.give_up,
)

ids = st.text("abcXYZ012_:.-", min_size=1, max_size=20)
numbers = st.integers(FIRST_NUMBER, 12)


@given(one=st.tuples(numbers, ids), other=st.tuples(numbers, ids))
def test_no_two_generations_share_a_partition(one: tuple[int, str], other: tuple[int, str]) -> None:
    places = [Generation(number).place(Key(partition, "o1")) for number, partition in (one, other)]

    assert (places[0] == places[1]) == (one == other)
    assert [parted(place.partition) for place in places] == [one, other]


@given(steps=st.lists(st.sampled_from(STEPS), max_size=12))
def test_however_it_went_one_generation_is_read_and_no_number_is_given_twice(
    steps: list[Callable[[Generations], Generations]],
) -> None:
    now, given_numbers = FIRST, [1]
    for step in steps:
        before = now
        try:
            now = step(now)
        except NotNow:
            continue
        if now.last > before.last:
            given_numbers.append(now.last)
        written = [each.number for each in now.written]
        assert written[0] == now.live.number
        assert len(set(written)) == len(written) <= 2
        assert set(written) <= set(given_numbers)

    assert len(set(given_numbers)) == len(given_numbers)


def test_a_generation_of_another_version_does_not_go_on_in_the_place_of_one_that_grows() -> None:
    growing = FIRST.grow(2)

    assert growing.grow(2) == growing
    with pytest.raises(NotNow, match="give it up"):
        growing.grow(3)


def test_rolling_back_twice_is_where_it_was() -> None:
    promoted = FIRST.grow(2).promote()

    assert promoted.roll_back().live == FIRST.live
    assert promoted.roll_back().roll_back() == promoted
