"""Walks through everything that can happen to one key: who goes next, who dies, which answer is lost, what comes again.

States that differ only in the spelling of etags and nonces are one. Breadth first, so that the story of a violation is
the shortest there is.
"""

from collections import deque
from dataclasses import dataclass

from tests.pipeline.lanes.happenings import Happenings
from tests.pipeline.lanes.mutants import Code
from tests.pipeline.lanes.promises import Promises
from tests.pipeline.lanes.states import Scenario, State, Step, canonical, start


@dataclass(frozen=True, slots=True)
class Found:
    """`wrong` is empty when nothing was, and `story` tells how it came to it. `complete`: there was no more to see."""

    wrong: str
    story: tuple[str, ...]
    states: int
    complete: bool


def search(code: Code, scenario: Scenario, *, limit: int, whole: bool = False) -> Found:
    """Looks at up to `limit` states. See `Actor` for `whole`."""
    happenings = Happenings(code, scenario, whole=whole)
    promises = Promises(happenings, scenario)
    first = start(scenario)
    came: dict[State, Step | None] = {first: None}
    waiting = deque([first])
    while waiting and len(came) <= limit:
        state = waiting.popleft()
        if wrong := promises.broken(state):
            return Found(wrong, _story(came, state), len(came), complete=False)
        for label, after in happenings.after(state):
            known = canonical(after)
            if known not in came:
                came[known] = (label, state)
                waiting.append(known)
    return Found("", (), len(came), complete=not waiting)


def _story(came: dict[State, Step | None], state: State) -> tuple[str, ...]:
    told: list[str] = []
    while step := came[state]:
        told.append(step[0])
        state = step[1]
    return tuple(reversed(told))
