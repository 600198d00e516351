"""What can happen next: the writer appends, a fix is deployed, the feed delivers, an actor's one operation is done."""

from collections.abc import Iterator
from typing import Any, Final

from tests.pipeline.lanes.actors import Actor, Answer, Ask, Done, Role
from tests.pipeline.lanes.cells import Held
from tests.pipeline.lanes.mutants import Code
from tests.pipeline.lanes.notes import fixed
from tests.pipeline.lanes.plays import Playing, Plays
from tests.pipeline.lanes.states import (
    NAMES,
    NEW_ETAG,
    NEW_NONCE,
    RELEASER,
    SECOND,
    WORKER,
    ZOMBIE,
    Scenario,
    State,
    Step,
    canonical,
)

# Operations that nobody disturbs: the longest undisturbed run takes less than half of these.
ENOUGH: Final = 40


class Happenings:
    """All that can happen in one scenario, to one version of the engine's code."""

    def __init__(self, code: Code, scenario: Scenario, *, whole: bool) -> None:
        self._scenario = scenario
        self._plays = Plays(Actor(code, scenario.kinds, whole))
        self.end, self.last_version = len(scenario.kinds), fixed(scenario.kinds)

    def after(self, state: State) -> Iterator[Step]:
        if state.length < self.end:
            yield f"event {state.length + 1} is appended", state._replace(length=state.length + 1)
        if state.version < self.last_version:
            yield f"version {state.version + 1} is deployed", state._replace(version=state.version + 1)
        yield from self._begins(state)
        yield from self._trouble(state)
        for who, playing in enumerate(state.actors):
            if playing:
                yield from self._goes_on(state, who, playing)

    def alone(self, state: State, who: int, role: Role) -> State:
        """To the end of this role, with nobody else about and no trouble; given up when it goes on and on."""
        state = state.cast(who, self._plays.begin(role))
        for _ in range(ENOUGH):
            playing = state.actors[who]
            if playing is None or state.wrong:
                break
            asked, playing = self._plays.next(playing, NEW_NONCE)
            assert isinstance(asked, Ask)
            after, answer = next(self._done(state, asked))
            state = canonical(self._told(after, who, playing, answer))
        return state

    def _begins(self, state: State) -> Iterator[Step]:
        if not state.actors[WORKER]:
            for last in range(state.delivered + 1, state.length + 1):
                role = Role(state.version, state.delivered + 1, last)
                yield f"the worker gets {role.first} to {last}", state.cast(WORKER, self._plays.begin(role))
        for who in (RELEASER, SECOND)[: self._scenario.releasers]:
            if state.head and not state.actors[who]:
                yield f"the {NAMES[who]} begins", state.cast(who, self._plays.begin(Role(state.version)))

    def _trouble(self, state: State) -> Iterator[Step]:
        worker = state.actors[WORKER]
        if worker and not state.actors[ZOMBIE] and state.zombies:
            gone = state.cast(ZOMBIE, worker).cast(WORKER, None)
            yield "the worker loses its lease and goes on", gone._replace(zombies=state.zombies - 1)
        for at in range(state.delivered if state.rewinds else 0):
            back = state.cast(WORKER, None)._replace(delivered=at, rewinds=state.rewinds - 1)
            yield f"the feed goes back behind {at}", back
        for who in (WORKER, RELEASER) if state.crashes else ():
            if state.actors[who]:
                yield f"the {NAMES[who]} dies", state.cast(who, None)._replace(crashes=state.crashes - 1)

    def _goes_on(self, state: State, who: int, playing: Playing) -> Iterator[Step]:
        asked, playing = self._plays.next(playing, NEW_NONCE)
        assert isinstance(asked, Ask)
        said = f"{NAMES[who]}: {asked.verb} {asked.place} {asked.cell or ''}"
        for after, answer in self._done(state, asked):
            yield f"{said} → {answer}", self._told(after, who, playing, answer)
            if state.crashes and asked.writes:
                yield f"{said}, and dies", after.cast(who, None)._replace(crashes=state.crashes - 1)
            if state.lost and asked.writes:
                lost = after._replace(lost=state.lost - 1)
                yield f"{said}, and is not answered", self._told(lost, who, playing, "unknown")
        if state.lost and asked.writes:
            lost = state._replace(lost=state.lost - 1)
            yield f"{said} does not arrive", self._told(lost, who, playing, "unknown")

    def _told(self, state: State, who: int, playing: Playing, answer: Answer) -> State:
        role = self._plays.role(playing)
        playing, what = self._plays.told(playing, answer)
        match what:
            case Done(gap=str(gap)):
                return state._replace(wrong=gap)
            case Done(outcome="again"):
                return state.cast(who, self._plays.begin(role))
            case Done(outcome="waiting"):
                return state.cast(who, None)
            case Done():
                state = state.cast(who, None)
                return state if who != WORKER else _acknowledged(state, role.last)
            case Ask():
                return state.cast(who, playing)

    def _done(self, state: State, asked: Ask) -> Iterator[tuple[State, Answer]]:
        """The operation's effect and answer; the first is what a store that is current and quick would say."""
        scenario = self._scenario
        match asked:
            case Ask(verb="read", place="stream"):
                yield state, state.length
                if scenario.short and state.length > 1:
                    yield state, state.length - 1
            case Ask(verb="read"):
                now, before = (state.row, state.row_before) if asked.place == "row" else (state.head, state.head_before)
                yield state, now
                if scenario.old and before != now:
                    yield state, before
            case _:
                yield self._written(state, asked)

    def _written(self, state: State, asked: Ask) -> tuple[State, Answer]:
        there = state.row if asked.place == "row" else state.head
        if asked.verb == "delete" and there is None:
            return state, None
        if (asked.verb == "create") == bool(there) or (there and there[0] != asked.etag):
            return state, "conflict"
        held: Any = None if asked.verb == "delete" else (NEW_ETAG, asked.cell)
        before = there if self._scenario.old else None
        if asked.place == "head":
            return state._replace(head=held, head_before=before), NEW_ETAG
        return _marked(state, held)._replace(row=held, row_before=before), NEW_ETAG


def _marked(state: State, row: Held | None) -> State:
    mark = row[1][0] if row else 0
    if mark < state.high:
        return state._replace(wrong=f"the mark went back from {state.high} to {mark}")
    return state._replace(high=mark)


def _acknowledged(state: State, last: int) -> State:
    return state._replace(delivered=last, acknowledged=max(state.acknowledged, last))
