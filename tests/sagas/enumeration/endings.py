"""How it ends when all that is under way is lost, no person asks for anything any more, and everybody is fair."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from shared.kernel import Ask
from tests.sagas.enumeration.moments import State
from tests.sagas.enumeration.outer_world import ACTS
from tests.sagas.enumeration.turns import Told, Turns

# What a provider does with an act: silent does nothing and says nothing, mute does it and says nothing. Whatever is
# closed, undone or consumed is answered by all of them.
type Manner = Literal["accepts", "refuses", "silent", "mute"]

MOST_TURNS: Final = 60


class Ending(NamedTuple):
    """`rang`: somebody had to wait for a deadline."""

    state: State
    is_quiet: bool
    rang: bool


class Endings:
    def __init__(self, turns: Turns) -> None:
        self._turns, self._memory = turns, turns.memory
        self._known: dict[tuple[State, Manner], Ending] = {}

    def is_quiet(self, state: State) -> bool:
        """Nothing is left to do for anybody, unless a person asks or something late arrives."""
        if any(self._turns.reportable(state)):
            return False
        if state.place is None:
            return not state.is_told and not self._memory.order(state.order).is_pending
        return not state.unseen and self._memory.has_ended(state.place, state.seen)

    def alone(self, state: State) -> State:
        shelves = (shelf._replace(granted=False, refused=False) for shelf in state.books.shelves)
        return state._replace(
            books=state.books._replace(shelves=tuple(sorted(shelves, key=str))),
            opening=None,
            taken=frozenset(),
            sent=frozenset(),
            heard=frozenset(),
            silent=frozenset(),
        )

    def of(self, state: State, manner: Manner) -> Ending:
        """`state` is alone."""
        told: list[tuple[State, bool]] = []
        while (state, manner) not in self._known and len(told) < MOST_TURNS:
            following = None if self.is_quiet(state) or state.wrong else self._next(state, manner)
            if following is None:
                self._known[state, manner] = Ending(state, self.is_quiet(state), rang=False)
                break
            told.append((state, following[1]))
            state = following[0]
        ending = self._known.get((state, manner), Ending(state, is_quiet=False, rang=False))
        for before, rang in reversed(told):
            ending = ending._replace(rang=ending.rang or rang)
            self._known[before, manner] = ending
        return ending

    def _next(self, state: State, manner: Manner) -> tuple[State, bool] | None:
        """The next state, and whether a deadline brought it; None when nothing will ever move."""
        for following in self._moves(state, manner):
            if (alone := self.alone(following)) != state:
                return alone, False
        if state.place is not None and (rung := self._turns.rung(state)) != state:
            return rung, True
        return None

    def _moves(self, state: State, manner: Manner) -> Iterator[State]:
        turns = self._turns
        yield from turns.reportable(state)
        if state.place is None:
            if turns.rules.opens(self._memory.order(state.order)):
                yield turns.opened(state, having_read=len(state.unseen))
            yield state._replace(is_told=False)
            return
        wanted = turns.wanted(state)
        if state.unseen and (state.is_told or (wanted and turns.rules.whoever_comes_reads)):
            yield turns.touched(state)
        for ask in wanted:
            yield self._performed(state, ask, manner)

    def _performed(self, state: State, ask: Ask, manner: Manner) -> State:
        """Intent, call, answer: as far as it goes."""
        before = self._turns.before(state, ask)
        if before is None:
            return state
        is_act = isinstance(ask.effect, ACTS)
        if ask.effect is None or (is_act and manner == "silent"):
            return before
        state = before
        while (following := self._called(state, ask.name, manner)) != state:
            state = following
        return state if is_act and manner == "mute" else self._answered(state, ask.name)

    def _called(self, state: State, name: str, manner: Manner) -> State:
        """One more transaction of the call, when there is one."""
        for happened in self._chosen(self._turns.happens(name, state.books), manner):
            if (following := self._turns.heard(state, name, happened)) != state:
                return following
        return state

    def _chosen(self, ways: tuple[Told, ...], manner: Manner) -> tuple[Told, ...]:
        return tuple(reversed(ways)) if manner == "refuses" else ways

    def _answered(self, state: State, name: str) -> State:
        for answer in sorted(state.heard):
            state = self._turns.recorded(state, answer)
        if name in state.silent and name in {ask.name for ask in self._turns.wanted(state)}:
            state = self._turns.ended(state, name)
        return state
