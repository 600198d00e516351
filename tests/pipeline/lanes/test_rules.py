"""No rule of docs/lanes.md is there for nothing: leave one out and the search finds what goes wrong."""

import pytest

from tests.pipeline.lanes.mutants import REAL, Edit, load
from tests.pipeline.lanes.rules import (
    FRESH_KEPT,
    GAP_FOLDED,
    HELD,
    LEFT_OUT,
    MARK_KEPT,
    SECOND_READ,
    SHORT_BELIEVED,
    STREAM_FIRST,
    TWICE,
    LeftOut,
)
from tests.pipeline.lanes.search import search
from tests.pipeline.lanes.states import Scenario

LIMIT = 16_000


@pytest.mark.parametrize("left_out", LEFT_OUT, ids=lambda each: each.rule)
def test_a_rule_that_is_left_out_is_missed(left_out: LeftOut) -> None:
    found = search(load(left_out.edits), left_out.scenario, limit=LIMIT, whole=left_out.whole)

    assert found.wrong


@pytest.mark.parametrize(("scenario", "whole"), {(each.scenario, each.whole): None for each in LEFT_OUT}, ids=str)
def test_with_every_rule_nothing_goes_wrong_in_the_same_places(scenario: Scenario, whole: bool) -> None:
    found = search(REAL, scenario, limit=LIMIT, whole=whole)

    assert not found.wrong, found.story


@pytest.mark.parametrize(
    ("one", "other"),
    [(STREAM_FIRST, SHORT_BELIEVED), (MARK_KEPT, FRESH_KEPT), (SECOND_READ, GAP_FOLDED)],
    ids=["stream", "mark", "row"],
)
def test_two_rules_that_cover_each_other_are_missed_together(one: LeftOut, other: LeftOut) -> None:
    alone = search(load(one.edits), one.scenario, limit=LIMIT)
    together = search(load((*one.edits, *other.edits)), one.scenario, limit=LIMIT)

    assert not alone.wrong
    assert together.wrong


@pytest.mark.parametrize(
    "scenario", [Scenario("NNN", zombies=0, old=True), Scenario("NXN", zombies=0, old=True)], ids=str
)
def test_reads_that_are_not_current_are_believed_and_go_wrong(scenario: Scenario) -> None:
    """Why the account has to be consistent (docs/lanes.md, rule 9 of the protocol)."""
    assert search(REAL, scenario, limit=LIMIT).wrong


def test_a_rule_whose_line_has_gone_is_not_taken_for_missed() -> None:
    with pytest.raises(LookupError, match="0 places"):
        load([Edit("release", "a line that is not there", "")])


def test_the_scenarios_are_small_enough_to_be_seen_whole() -> None:
    assert all(search(REAL, scenario, limit=LIMIT).complete for scenario in (HELD, TWICE))
