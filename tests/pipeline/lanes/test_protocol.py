"""Whoever goes next, dies, lags or comes again: a parked key loses nothing, doubles nothing and is freed in the end.

The search drives the engine's own code through every order of store operations; see search, promises and states.
"""

import pytest

from tests.pipeline.lanes.mutants import REAL
from tests.pipeline.lanes.search import search
from tests.pipeline.lanes.states import Scenario

# Poison first, second or last; ignored events, a tombstone, poison that the view ignores once it reads it, two fixes.
SMALL = (
    Scenario("NP"),
    Scenario("NX"),
    Scenario("NQ"),
    Scenario("PN", zombies=0, rewinds=1),
    Scenario("PN", zombies=0, crashes=1, lost=1),
    Scenario("P", zombies=0, releasers=2),
    Scenario("PX", zombies=0, crashes=1),
    Scenario("PN", zombies=0, old=True),
    Scenario("QD", zombies=0, crashes=1),
    Scenario("NPN", zombies=0, crashes=1),
    Scenario("INX", zombies=1, cold=1),
    Scenario("PPN", zombies=0),
    Scenario("PN", zombies=0, short=True, crashes=1),
)
# A few hundred thousand states each; what is cut off at the limit has been seen breadth first.
LARGE = (
    Scenario("P", releasers=2),
    Scenario("PN"),
    Scenario("PI", rewinds=1),
    Scenario("PX", crashes=1),
    Scenario("PD"),
    Scenario("DQ"),
    Scenario("PD", zombies=0, releasers=2),
    Scenario("PN", lost=1, crashes=1),
    Scenario("NPN"),
    Scenario("NPX"),
    Scenario("NXP"),
    Scenario("NNP"),
    Scenario("PND", zombies=0, crashes=1),
    Scenario("NPND", zombies=0),
    Scenario("NPNN", zombies=0, crashes=1),
    Scenario("PDNX", zombies=0),
    Scenario("NPN", cold=1, short=True),
)


@pytest.mark.parametrize("scenario", SMALL, ids=str)
def test_every_order_of_events_keeps_every_promise(scenario: Scenario) -> None:
    found = search(REAL, scenario, limit=20_000)

    assert not found.wrong, found.story
    assert found.complete


def test_so_it_does_with_the_loops_that_begin_again() -> None:
    found = search(REAL, Scenario("NP"), limit=20_000, whole=True)

    assert not found.wrong, found.story
    assert found.complete


@pytest.mark.long
@pytest.mark.parametrize("scenario", LARGE, ids=str)
def test_larger_lives_of_a_key_keep_every_promise(scenario: Scenario) -> None:
    found = search(REAL, scenario, limit=300_000)

    assert not found.wrong, found.story
