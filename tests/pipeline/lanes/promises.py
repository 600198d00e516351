"""What has to hold in every state, whoever goes next."""

from typing import Any

from tests.pipeline.lanes.actors import Role
from tests.pipeline.lanes.happenings import Happenings
from tests.pipeline.lanes.notes import Notes, folded
from tests.pipeline.lanes.states import NOBODY, RELEASER, WORKER, Scenario, State, canonical


class Promises:
    """The row is the fold of what it says it has seen, nothing acknowledged is lost, and every trouble ends."""

    def __init__(self, happenings: Happenings, scenario: Scenario) -> None:
        self._happenings, self._kinds = happenings, scenario.kinds
        self._ended: dict[State, str] = {}

    def broken(self, state: State) -> str:
        """Which promise is, in words; empty when none."""
        return state.wrong or self._now(state) or self._in_the_end(state)

    def _now(self, state: State) -> str:
        mark, value, lane = _row(state)
        if value != self._fold(mark):
            return f"the row {value} is not the fold up to its mark {mark}"
        if lane and not state.head:
            return "the row is stale and there is no head to be seen"
        if mark >= state.acknowledged or value == self._fold(state.acknowledged):
            return ""
        return self._behind(state, mark, is_stale=bool(lane))

    def _behind(self, state: State, mark: int, *, is_stale: bool) -> str:
        """Something was acknowledged that the row has not seen: a head has to know, and the row has to say so."""
        if not is_stale:
            return f"the row looks fresh at {mark}, without what was acknowledged up to {state.acknowledged}"
        head: Any = state.head
        _, last, _, is_open = head[1]
        if not is_open:
            return f"{state.acknowledged} was acknowledged and waits behind a closed head"
        return f"{state.acknowledged} was acknowledged and the head does not know" if last < state.acknowledged else ""

    def _in_the_end(self, state: State) -> str:
        """Everybody dies, the last fix is deployed, the feed delivers the rest, somebody releases: all is in."""
        alone = canonical(
            state._replace(
                length=self._happenings.end,
                version=self._happenings.last_version,
                row_before=None,
                head_before=None,
                actors=NOBODY,
                acknowledged=0,
                zombies=0,
                crashes=0,
                rewinds=0,
                lost=0,
            )
        )
        if alone not in self._ended:
            self._ended[alone] = self._ends(alone)
        return self._ended[alone]

    def _ends(self, state: State) -> str:
        if state.delivered < state.length:
            state = self._happenings.alone(state, WORKER, Role(state.version, state.delivered + 1, state.length))
            if state.delivered < state.length:
                return state.wrong or "the feed waits for ever"
        if state.head:
            state = self._happenings.alone(state, RELEASER, Role(state.version))
        mark, value, lane = _row(state)
        if state.wrong or lane or state.head:
            return state.wrong or f"stale={bool(lane)} for ever, with head={state.head}"
        return "" if value == self._fold(state.length) else f"the row ends as {value} at {mark}"

    def _fold(self, mark: int) -> tuple[int, ...] | None:
        match folded(self._kinds[:mark]):
            case Notes(seen=seen):
                return seen
            case _:
                return None


def _row(state: State) -> tuple[int, tuple[int, ...] | None, int]:
    """Its mark, its value, and the lane it is stale behind, 0 for none."""
    row: Any = state.row[1] if state.row else (0, None, 0, 0)
    return row[:3]  # type: ignore[no-any-return]  # a RowCell
