"""Whoever goes next, dies, answers late, twice or never: every order ends shipped and paid, or fully undone.

The walk drives the app's own decider, saga and gateway tables through every order of turns; see turns, laws, endings.
"""

from functools import cache

import pytest

from gateways.acts import ActState, transition
from gateways.holds import HoldState
from gateways.holds import transition as of_hold
from orders.events import ORDER_EVENTS, StockHeld
from tests.gateways.cells import ACT_CELLS, HOLD_CELLS, LEVEL, ActCell, HoldCell
from tests.programs import ROOT
from tests.sagas.enumeration.counts import LARGE, LIMIT, SMALL, row
from tests.sagas.enumeration.moments import Books, Scenario, Shelf
from tests.sagas.enumeration.outer_world import carried_out
from tests.sagas.enumeration.rulebook import REAL, carried, paid
from tests.sagas.enumeration.turns import Turns
from tests.sagas.enumeration.walk import Walked, walk

PAGE = (ROOT / "docs" / "fulfilment.md").read_text(encoding="utf-8").splitlines()


def assert_all_seen(found: Walked, scenario: Scenario) -> None:
    assert not found.wrong, found.story
    assert found.complete
    assert row(scenario, found.states) in PAGE


@cache
def seen(scenario: Scenario) -> Walked:
    return walk(REAL, scenario, limit=LIMIT)


@pytest.mark.parametrize("scenario", SMALL, ids=str)
def test_every_order_of_turns_keeps_every_law_and_the_page_says_how_many_there_are(scenario: Scenario) -> None:
    assert_all_seen(seen(scenario), scenario)


@pytest.mark.long
@pytest.mark.parametrize("scenario", LARGE, ids=str)
def test_larger_lives_of_an_order_keep_every_law(scenario: Scenario) -> None:
    assert_all_seen(walk(REAL, scenario, limit=LIMIT), scenario)


def test_the_walk_meets_every_event_and_every_phase() -> None:
    # An order is placed before the walk begins, and its customer is forgotten when it has ended.
    found = seen(next(each for each in SMALL if each.carrier and each.users))

    assert {kind.__name__ for kind in ORDER_EVENTS} == {"OrderPlaced", "CustomerForgotten"} | found.events
    assert found.phases == {"hold_stock", "take_payment", "ship", "closing", "settling"}


@pytest.mark.parametrize("cell", ACT_CELLS, ids=str)
def test_a_provider_of_the_walk_says_what_the_gateways_say(cell: ActCell) -> None:
    state: ActState | None = None
    for verb in cell.before:
        state = transition(state, verb, accepts=cell.accepts)

    after = transition(state, cell.verb, accepts=cell.accepts)

    assert type(paid(cell.verb, after)).__name__ == cell.said
    assert not cell.told or type(carried(cell.verb, after)).__name__ == cell.told


@pytest.mark.parametrize("cell", [each for each in HOLD_CELLS if each.verb == "hold"], ids=str)
def test_a_hold_of_the_walk_is_answered_as_the_gateway_answers(cell: HoldCell) -> None:
    state: HoldState | None = None
    available = LEVEL
    for verb in cell.before:
        move = of_hold(state, verb, available, cell.quantity)
        state, available = move.state, available - move.taken
    (ask,) = _asked_first()

    ends = [
        each for each in carried_out(REAL, Books((Shelf(state),)), ask) if each.books.shelves[0].state == cell.state
    ]

    assert {shelf.granted for each in ends for shelf in each.books.shelves} == {cell.said == StockHeld.__name__}


def _asked_first() -> tuple[object, ...]:
    turns = Turns(REAL, Scenario())
    return tuple(ask.effect for ask in turns.wanted(turns.opened(turns.start(), having_read=0)))
