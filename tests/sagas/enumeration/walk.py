"""Walks through everything that can happen to one order, breadth first: the story of a violation is the shortest."""

from collections import deque
from collections.abc import Sized
from dataclasses import dataclass

from tests.sagas.enumeration.laws import Laws
from tests.sagas.enumeration.moments import Scenario, State, Step
from tests.sagas.enumeration.rulebook import Rules
from tests.sagas.enumeration.turns import Turns


@dataclass(frozen=True, slots=True)
class Walked:
    """`wrong` is empty when nothing was, and `story` tells how it came to it. `complete`: there was no more to see.

    `events` and `phases` are those that were met.
    """

    wrong: str
    story: tuple[str, ...]
    states: int
    complete: bool
    events: frozenset[str]
    phases: frozenset[str]


def walk(rules: Rules, scenario: Scenario, *, limit: int) -> Walked:
    """Looks at up to `limit` states."""
    turns = Turns(rules, scenario)
    laws, first = Laws(turns), turns.start()
    came: dict[State, Step | None] = {first: None}
    waiting = deque([first])
    while waiting and len(came) <= limit:
        state = waiting.popleft()
        if wrong := laws.broken(state):
            return _walked(turns, came, wrong=wrong, story=_story(came, state), complete=False)
        for label, after in turns.after(state):
            if after not in came:
                came[after] = (label, state)
                waiting.append(after)
    return _walked(turns, came, wrong="", story=(), complete=not waiting)


def _walked(turns: Turns, came: Sized, *, wrong: str, story: tuple[str, ...], complete: bool) -> Walked:
    memory = turns.memory
    return Walked(wrong, story, len(came), complete=complete, events=memory.events(), phases=memory.phases())


def _story(came: dict[State, Step | None], state: State) -> tuple[str, ...]:
    told: list[str] = []
    while step := came[state]:
        told.append(step[0])
        state = step[1]
    return tuple(reversed(told))
