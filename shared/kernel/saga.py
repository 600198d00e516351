"""A saga as data, and the pure machine that says where one stands and what it asks for.

A saga goes through its steps while its stream stands. Once it does not stand any more, for whatever reason, what is
left to do follows from the stream's own state and from nothing else: each step says what it still owes. So a step that
was taken over, undone by a person or answered too late needs no case of its own. A time-out is no failure: the saga
asks its stream to end, and only what has ended is undone. docs/fulfilment.md has the counterexamples behind each rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from shared.kernel.envelope import Recorded

# Phases that every saga has beside those of its steps.
CLOSING: Final = "closing"
SETTLING: Final = "settling"


@dataclass(frozen=True, slots=True)
class Ask:
    """Something wanted from the outside, or with no effect from the stream alone.

    `before` goes to the stream first; when that is refused nothing else is done. `name` is the ask's identity for ever.
    """

    name: str
    before: object | None = None
    effect: object | None = None


type Asks[S] = Callable[[str, S], Ask]


@dataclass(frozen=True, slots=True)
class Step[S]:
    """`close` is asked instead of `act` once `within` has passed; without it the saga gives up its stream then.

    One that `may_be_skipped` by a person is not needed by those after it.
    `left` is what this step still owes when the stream stands no more; its third argument says that the time is up.
    """

    name: str
    act: Asks[S]
    done_on: type
    failed_on: type
    within: timedelta
    close: Asks[S] | None = None
    may_be_skipped: bool = False
    left: Callable[[str, S, bool], Ask | None] = lambda _stream, _state, _late: None


@dataclass(frozen=True, slots=True)
class Entered:
    """When a saga came into a phase, and by what: `event:3`, or `late:ship` when a phase's time was up."""

    phase: str
    at: datetime
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one saga stands. `mark` is the last event it has seen; `is_late` that its phase's time is up.

    `done` names the asks whose answers are no events. The last of `entered` is the present phase.
    """

    version: int
    mark: int
    entered: tuple[Entered, ...]
    is_late: bool = False
    done: tuple[str, ...] = ()

    @property
    def phase(self) -> str:
        return self.entered[-1].phase

    @property
    def since(self) -> datetime:
        return self.entered[-1].at

    def to(self, phase: str, at: datetime, cause: str) -> "Progress":
        """The same phase again is no news, and does not start its time anew."""
        if phase == self.phase:
            return self
        return replace(self, entered=(*self.entered, Entered(phase, at, cause)), is_late=False)

    def cause_since(self, before: "Progress") -> str:
        """What has led from there to here, hence to whatever is newly asked for."""
        if self.is_late and not before.is_late:
            return late(self.phase)
        if self.phase == before.phase == SETTLING and self.mark > before.mark:
            return happened(self.mark)
        return f"phase:{self.phase}"


def happened(sequence: int) -> str:
    """An event as a cause."""
    return f"event:{sequence}"


def late(phase: str) -> str:
    """That the time of a phase is up, as a cause."""
    return f"late:{phase}"


@dataclass(frozen=True, slots=True)
class Saga[S, E]:
    """`stands` says of the stream's state whether the steps are still wanted; `give_up` asks that they be no more.

    A running saga keeps the version it began with: a definition that is changed is a new one beside the old.
    """

    name: str
    version: int
    opens_on: type
    evolve: Callable[[S | None, E], S | None]
    stands: Callable[[S], bool]
    steps: tuple[Step[S], ...]
    give_up: Asks[S]
    settle_within: timedelta

    def begin(self, event: Recorded[E]) -> Progress:
        """The stream's first event, if the saga opens on it; whether it should is the caller's to see."""
        first = Entered(self.steps[0].name, event.at, happened(event.sequence))
        return Progress(self.version, event.sequence, (first,))

    def see(self, progress: Progress, state: S, event: Recorded[E]) -> Progress:
        """`state` is the stream's after the event. What was seen before changes nothing."""
        if event.sequence <= progress.mark:
            return progress
        phase = self._next(progress, state, event)
        return replace(progress, mark=event.sequence).to(phase, event.at, happened(event.sequence))

    def _next(self, progress: Progress, state: S, event: Recorded[E]) -> str:
        if not self.stands(state):
            return SETTLING
        step = self._step(progress.phase)
        if step and isinstance(event.body, step.done_on):
            following = self.steps[self.steps.index(step) + 1 :]
            return following[0].name if following else SETTLING
        if step and isinstance(event.body, step.failed_on):
            return CLOSING
        return progress.phase

    def ring(self, progress: Progress, state: S, now: datetime) -> Progress:
        """The phase's time is up, if it is."""
        due = self.due(progress, state)
        if due is None or now < due:
            return progress
        step = self._step(progress.phase)
        if step and step.close is None:
            return progress.to(CLOSING, now, late(progress.phase))
        return replace(progress, is_late=True)

    def due(self, progress: Progress, state: S) -> datetime | None:
        """When the phase's time is up; None when it has no end, or has ended."""
        if progress.is_late or progress.phase == CLOSING:
            return None
        if step := self._step(progress.phase):
            return progress.since + step.within
        return progress.since + self.settle_within if self._left(progress, "", state) else None

    def wanted(self, progress: Progress, stream: str, state: S) -> tuple[Ask, ...]:
        """Everything that is asked for at this place, none of it twice. Nothing while settling: the saga has ended."""
        if progress.phase == SETTLING:
            return self._left(progress, stream, state)
        if step := self._step(progress.phase):
            close = step.close if progress.is_late else None
            return ((close or step.act)(stream, state),)
        return (self.give_up(stream, state),)

    def hurried(self, within: timedelta) -> "Saga[S, E]":
        """The same saga with less patience, for demonstrations."""
        return replace(self, steps=tuple(replace(step, within=within) for step in self.steps), settle_within=within)

    def has_ended(self, progress: Progress, state: S) -> bool:
        return progress.phase == SETTLING and not self._left(progress, "", state)

    def fold(self, events: Sequence[Recorded[E]]) -> S | None:
        state: S | None = None
        for event in events:
            state = self.evolve(state, event.body)
        return state

    def _left(self, progress: Progress, stream: str, state: S) -> tuple[Ask, ...]:
        owed = (step.left(stream, state, progress.is_late) for step in self.steps)
        return tuple(ask for ask in owed if ask and ask.name not in progress.done)

    def _step(self, phase: str) -> Step[Any] | None:
        return next((step for step in self.steps if step.name == phase), None)
