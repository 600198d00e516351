"""Walks through everything that can happen to one key: who goes next, who dies, which answer is lost, what comes again.

A state is what the store holds, how far the feed is, and what each actor was answered so far. States that differ only in
the spelling of etags and nonces are one. Breadth first, so the story of a violation is the shortest there is.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.pipeline.lanes.actors import TOKEN, Actor, Answer, Ask, Done, Held, Role
from tests.pipeline.lanes.mutants import Code
from tests.pipeline.lanes.notes import Notes, fixed, folded

# Role, answers so far, and under which token each nonce that it drew was written.
type Playing = tuple[Role, tuple[Answer, ...], tuple[int, ...]]

WORKER, ZOMBIE, RELEASER, SECOND = range(4)
NAMES = ("worker", "zombie", "releaser", "second releaser")
NEW = 1_000_000


@dataclass(frozen=True, slots=True)
class Scenario:
    """One key's stream, spelt by kinds, and how often each trouble may strike.

    `zombies`: a worker loses its lease and goes on. `crashes`: an actor is gone, before or after its operation took
    effect. `rewinds`: the feed goes back. `lost`: a write is never answered. `cold`: events the feed began behind.
    `short`: the stream may be read one event short. `old`: rows and heads may be read as they were one write ago.
    """

    kinds: str
    zombies: int = 1
    crashes: int = 0
    rewinds: int = 0
    lost: int = 0
    releasers: int = 1
    cold: int = 0
    short: bool = False
    old: bool = False


class State(NamedTuple):
    length: int
    version: int
    row: Held | None
    head: Held | None
    row_before: Held | None
    head_before: Held | None
    delivered: int
    acknowledged: int
    high: int
    actors: tuple[Playing | None, ...]
    zombies: int
    crashes: int
    rewinds: int
    lost: int
    wrong: str


@dataclass(frozen=True, slots=True)
class Found:
    """`wrong` is empty when nothing was; `complete` says that there was nothing more to look at."""

    wrong: str
    story: tuple[str, ...]
    states: int
    complete: bool


type Step = tuple[str, State]


class Search:
    """Everything that can happen in one scenario, to one version of the engine's code."""

    def __init__(self, code: Code, scenario: Scenario) -> None:
        self._scenario, self._actor = scenario, Actor(code, scenario.kinds)
        self._end, self._last_fix = len(scenario.kinds), fixed(scenario.kinds)
        self._next: dict[tuple[Role, tuple[Answer, ...]], Ask | Done] = {}
        self._drained: dict[object, str] = {}

    def run(self, limit: int) -> Found:
        """Breadth first, up to so many states."""
        start = self._start()
        came: dict[State, Step | None] = {start: None}
        waiting = deque([start])
        while waiting:
            state = waiting.popleft()
            if wrong := state.wrong or self._wrong(state):
                return Found(wrong, _story(came, state), len(came), complete=False)
            if len(came) > limit:
                return Found("", (), len(came), complete=False)
            for label, after in self._steps(state):
                known = canonical(after)
                if known not in came:
                    came[known] = (label, state)
                    waiting.append(known)
        return Found("", (), len(came), complete=True)

    def _start(self) -> State:
        s = self._scenario
        return State(
            s.cold, 0, None, None, None, None, s.cold, s.cold, 0, (None,) * 4, s.zombies, s.crashes, s.rewinds, s.lost, ""
        )

    # What can happen next.

    def _steps(self, state: State) -> Iterator[Step]:
        if state.length < self._end:
            yield f"event {state.length + 1} is appended", state._replace(length=state.length + 1)
        if state.version < self._last_fix:
            yield f"version {state.version + 1} is deployed", state._replace(version=state.version + 1)
        yield from self._starts(state)
        for who, playing in enumerate(state.actors):
            if playing:
                yield from self._goes_on(state, who, playing)
        if state.actors[WORKER] and not state.actors[ZOMBIE] and state.zombies:
            actors = (None, state.actors[WORKER], *state.actors[RELEASER:])
            yield "the worker loses its lease and goes on", state._replace(actors=actors, zombies=state.zombies - 1)
        if state.rewinds:
            for at in range(state.delivered):
                back = _with(state, WORKER, None)._replace(delivered=at, rewinds=state.rewinds - 1)
                yield f"the feed goes back behind {at}", back

    def _starts(self, state: State) -> Iterator[Step]:
        if not state.actors[WORKER]:
            for last in range(state.delivered + 1, state.length + 1):
                role = Role(state.version, state.delivered + 1, last)
                yield f"the worker gets {role.first} to {last}", _with(state, WORKER, (role, (), ()))
        for who in (RELEASER, SECOND)[: self._scenario.releasers]:
            if not state.actors[who] and state.head:
                yield f"the {NAMES[who]} begins", _with(state, who, (Role(state.version), (), ()))

    def _goes_on(self, state: State, who: int, playing: Playing) -> Iterator[Step]:
        asked, playing = self._asked(playing)
        for after, answer in self._answers(state, asked):
            yield f"{NAMES[who]}: {_said(asked)} → {answer}", self._told(after, who, playing, answer)
            if state.lost and asked.writes:
                lost = after._replace(lost=state.lost - 1)
                yield f"{NAMES[who]}: {_said(asked)} → unanswered", self._told(lost, who, playing, "unknown")
            if state.crashes and asked.writes:
                dead = _with(after, who, None)._replace(crashes=state.crashes - 1)
                yield f"{NAMES[who]}: {_said(asked)}, and dies", dead
        if state.lost and asked.writes:
            lost = state._replace(lost=state.lost - 1)
            yield f"{NAMES[who]}: {_said(asked)} never arrives", self._told(lost, who, playing, "unknown")
        if state.crashes:
            yield f"the {NAMES[who]} dies", _with(state, who, None)._replace(crashes=state.crashes - 1)

    def _told(self, state: State, who: int, playing: Playing, answer: Answer) -> State:
        role, answers, names = playing
        playing = (role, (*answers, answer), names)
        match self._after(playing):
            case Done(gap=str(gap)):
                return state._replace(wrong=gap)
            case Done(outcome=outcome):
                state = _with(state, who, None)
                if who != WORKER or outcome == "waiting":
                    return state
                return state._replace(delivered=role.last, acknowledged=max(state.acknowledged, role.last))
            case _:
                return _with(state, who, playing)

    # The store: one atomic operation.

    def _answers(self, state: State, asked: Ask) -> Iterator[tuple[State, Answer]]:
        match asked:
            case Ask(verb="stream"):
                yield state, state.length
                if self._scenario.short and state.length > 1:
                    yield state, state.length - 1
            case Ask(verb="read", place="row"):
                yield state, state.row
                if self._scenario.old and state.row_before != state.row:
                    yield state, state.row_before
            case Ask(verb="read"):
                yield state, state.head
                if self._scenario.old and state.head_before != state.head:
                    yield state, state.head_before
            case _:
                yield self._written(state, asked)

    def _written(self, state: State, asked: Ask) -> tuple[State, Answer]:
        there = state.row if asked.place == "row" else state.head
        if there is None and asked.verb == "delete":
            return state, None
        if asked.verb == "create" if there else asked.verb != "create":
            return state, "conflict"
        if there and there[0] != asked.etag:
            return state, "conflict"
        etag = _fresh(state)
        held: Any = None if asked.verb == "delete" else (etag, asked.cell)
        if asked.place == "head":
            before = state.head if self._scenario.old else None
            return state._replace(head=held, head_before=before), etag
        wrong = f"the mark went back from {state.high}" if held and held[1][0] < state.high else ""
        high = max(state.high, held[1][0] if held else 0)
        before = state.row if self._scenario.old else None
        return state._replace(row=held, row_before=before, high=high, wrong=wrong), etag

    # The real code, run only once for each list of answers.

    def _after(self, playing: Playing) -> Ask | Done:
        role, answers, names = playing
        known = {name: -place for place, name in enumerate(names, start=1) if name}
        local = _renamed(answers, known, TOKEN)
        if (role, local) not in self._next:
            self._next[role, local] = self._actor.next(role, local)
        what = self._next[role, local]
        if isinstance(what, Done):
            return what
        back = {new: old for old, new in known.items()}
        return Ask(what.verb, what.place, _renamed(what.cell, back, None), back.get(what.etag, what.etag))

    def _asked(self, playing: Playing) -> tuple[Ask, Playing]:
        """What the actor asks for, each nonce of its own under a token that nobody else has."""
        asked = self._after(playing)
        assert isinstance(asked, Ask)
        drawn = min((part for part in asked.cell or () if isinstance(part, int)), default=0)
        role, answers, names = playing
        if drawn >= 0:
            return asked, playing
        names = (*names, *(0 for _ in range(-drawn - len(names))))
        token = NEW + 1
        names = (*names[: -drawn - 1], token, *names[-drawn:])
        cell = _renamed(asked.cell, {drawn: token}, None)
        return Ask(asked.verb, asked.place, cell, asked.etag), (role, answers, names)

    # What has to hold.

    def _wrong(self, state: State) -> str:
        mark, value, lane, _ = state.row[1] if state.row else (0, None, 0, 0)
        if value != _value(self._scenario.kinds[: int(mark)]):
            return f"the row {value} is not the fold up to its mark {mark}"
        if lane and not state.head:
            return "the row is stale and no head is to be seen"
        if mark < state.acknowledged and value != _value(self._scenario.kinds[: state.acknowledged]):
            if not lane:
                return f"the row looks fresh at {mark}, without what was acknowledged up to {state.acknowledged}"
            if state.head and not state.head[1][3]:
                return f"{state.acknowledged} was acknowledged and waits behind a closed head"
        return self._drain(state)

    def _drain(self, state: State) -> str:
        """Everybody dies, the last fix is deployed, the feed delivers the rest, somebody releases: all must be in."""
        place = canonical(state._replace(actors=(None,) * 4, zombies=0, crashes=0, rewinds=0, lost=0, acknowledged=0, high=0))
        known = place._replace(length=self._end, version=self._last_fix, row_before=None, head_before=None)
        if known not in self._drained:
            self._drained[known] = self._drained_wrong(known)
        return self._drained[known]

    def _drained_wrong(self, state: State) -> str:
        if state.delivered < self._end:
            state = self._alone(state, WORKER, Role(state.version, state.delivered + 1, self._end))
            if state.delivered < self._end:
                return "the feed waits for ever"
        if state.head:
            state = self._alone(state, RELEASER, Role(state.version))
        if state.wrong:
            return state.wrong
        mark, value, lane, _ = state.row[1] if state.row else (0, None, 0, 0)
        if lane or state.head:
            return f"after everything was released, stale={bool(lane)}, head={state.head}"
        return "" if value == _value(self._scenario.kinds) else f"after everything was released the row is {value}"

    def _alone(self, state: State, who: int, role: Role) -> State:
        state = _with(state, who, (role, (), ()))
        while playing := state.actors[who]:
            asked, playing = self._asked(playing)
            after, answer = next(self._answers(state, asked))
            state = canonical(self._told(after, who, playing, answer))
            if state.wrong:
                break
        return state


def canonical(state: State) -> State:
    """The same state with tokens named in the order in which they show."""
    return State._make(_renamed(tuple(state), {}, TOKEN))


def _renamed(value: Any, names: dict[int, int], fresh: int | None) -> Any:
    """Tokens by `names`; those it lacks get the next number from `fresh` on, or stay."""

    def go(part: Any) -> Any:
        kind = type(part)
        if kind is int:
            if part in names:
                return names[part]
            if part < TOKEN or fresh is None:
                return part
            names[part] = new = fresh + len(names)
            return new
        return tuple([go(each) for each in part]) if kind is tuple else part

    return go(value)


def _fresh(_: State) -> int:
    return NEW


def _with(state: State, who: int, playing: Playing | None) -> State:
    return state._replace(actors=(*state.actors[:who], playing, *state.actors[who + 1 :]))


def _value(kinds: str) -> tuple[int, ...] | None:
    match folded(kinds):
        case Notes(seen=seen):
            return seen
        case _:
            return None


def _said(asked: Ask) -> str:
    return f"{asked.verb} {asked.place} {asked.cell or ''}"


def _story(came: dict[State, Step | None], state: State) -> tuple[str, ...]:
    told: list[str] = []
    while step := came[state]:
        told.append(step[0])
        state = step[1]
    return tuple(reversed(told))
