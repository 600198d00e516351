"""Walks through everything that can happen to one order, breadth first: the story of a violation is the shortest."""

from collections import deque
from dataclasses import dataclass

from tests.sagas.enumeration.laws import Laws
from tests.sagas.enumeration.moments import Scenario, State, Step
from tests.sagas.enumeration.rulebook import Rules
from tests.sagas.enumeration.turns import Turns


@dataclass(frozen=True, slots=True)
class Walked:
    """`wrong` is empty when nothing was, and `story` tells how it came to it. `complete`: there was no more to see."""

    wrong: str
    story: tuple[str, ...]
    states: int
    complete: bool


def walk(rules: Rules, scenario: Scenario, *, limit: int) -> Walked:
    """Looks at up to `limit` states."""
    turns = Turns(rules, scenario)
    laws, first = Laws(turns), turns.start()
    came: dict[State, Step | None] = {first: None}
    waiting = deque([first])
    while waiting and len(came) <= limit:
        state = waiting.popleft()
        if wrong := laws.broken(state):
            return Walked(wrong, _story(came, state), len(came), complete=False)
        for label, after in turns.after(state):
            if after not in came:
                came[after] = (label, state)
                waiting.append(after)
    return Walked("", (), len(came), complete=not waiting)


def _story(came: dict[State, Step | None], state: State) -> tuple[str, ...]:
    told: list[str] = []
    while step := came[state]:
        told.append(step[0])
        state = step[1]
    return tuple(reversed(told))
