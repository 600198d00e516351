"""No rule of docs/fulfilment.md is there for nothing: leave one out and the walk finds what goes wrong."""

import pytest

from tests.sagas.enumeration import left_out_of_gateways, left_out_of_orders, left_out_of_saga
from tests.sagas.enumeration.left_out import Covered, LeftOut
from tests.sagas.enumeration.walk import walk

LIMIT = 15_000
ROOMS = (left_out_of_saga, left_out_of_orders, left_out_of_gateways)
LEFT_OUT: tuple[LeftOut, ...] = tuple(each for room in ROOMS for each in room.LEFT_OUT)
COVERED: tuple[Covered, ...] = tuple(each for room in ROOMS for each in room.COVERED)


@pytest.mark.parametrize("left_out", LEFT_OUT, ids=lambda each: each.rule)
def test_a_rule_that_is_left_out_is_missed(left_out: LeftOut) -> None:
    assert walk(left_out.rules, left_out.scenario, limit=LIMIT).wrong


@pytest.mark.parametrize("covered", COVERED, ids=lambda each: each.rule)
def test_a_rule_that_another_covers_is_not_missed_alone(covered: Covered) -> None:
    found = walk(covered.rules, covered.scenario, limit=LIMIT)

    assert not found.wrong, (covered.because, found.story)
    assert found.complete


def test_each_rule_is_named_once() -> None:
    names = [*(each.rule for each in LEFT_OUT), *(each.rule for each in COVERED)]

    assert sorted(set(names)) == sorted(names)
