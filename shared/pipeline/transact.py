"""Load, decide, append: the one way anything is added to a stream."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.kernel import Conflict, Decider, Failure, Recorded, Transient, Unknown
from shared.metrics import DECIDE_CONFLICTS, ORDER_OPENED
from shared.observer import NO_TRACE, SILENT, Observer, Trace
from shared.pipeline.codec import EventCodec, is_event
from shared.pipeline.fold import pure
from shared.ports import EventStore, Item

ATTEMPTS: Final = 8
WITHIN_SECONDS: Final = 15.0


class Outdated(Failure):
    """The stream has moved on from the sequence that the caller decided upon."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is appended: which command, within which conversation."""

    causation_id: str
    correlation_id: str
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Decision[S, E]:
    """A stream after the command: its state, its events, and whether this call added any of them."""

    state: S
    events: tuple[Recorded[E], ...]
    appended: bool

    @property
    def sequence(self) -> int:
        return self.events[-1].sequence if self.events else 0


@dataclass(frozen=True, slots=True)
class Transactor[S, C, E]:
    """Runs commands against the streams of one aggregate."""

    decider: Decider[S, C, E]
    codec: EventCodec[E]
    store: EventStore
    now: Callable[[], datetime]
    observer: Observer = SILENT

    async def load(self, stream: str) -> Decision[S, E]:
        """The stream as it is now. Raises Poison when an event of it cannot be read, or all of it makes no sense."""
        items = await self.store.read(stream)
        events = self.codec.history([item for item in items if is_event(item)])
        with pure(f"the fold of {stream}"):
            return Decision(self.decider.fold(event.body for event in events), events, appended=False)

    def first(self, found: Decision[S, E]) -> Decision[S, E]:
        """The stream as its first event left it: the answer that opening it gave, whatever came later."""
        return self.past(found, 1)

    def past(self, found: Decision[S, E], count: int) -> Decision[S, E]:
        """The stream as its first `count` events left it."""
        events = found.events[:count]
        return Decision(self.decider.fold(event.body for event in events), events, appended=found.appended)

    async def open(
        self, stream: str, command: C, *, cause: Cause, customer_id: str, beside: Sequence[Item] = ()
    ) -> Decision[S, E]:
        """Decide on a stream that most likely does not exist yet, so it is not even read first."""
        nothing: Decision[S, E] = Decision(self.decider.initial, (), appended=False)
        return await self._run(stream, command, cause=cause, start=nothing, customer_id=customer_id, beside=beside)

    async def run(
        self,
        stream: str,
        command: C,
        *,
        cause: Cause,
        only_at: Callable[[int], bool] = lambda _: True,
        known: Decision[S, E] | None = None,
    ) -> Decision[S, E]:
        """Decide on an existing stream. Raises Refused, Outdated when `only_at` denies its sequence, Transient.

        What is `known` of the stream already saves reading it; if it has moved on since, that shows when it is written.
        """
        return await self._run(stream, command, cause=cause, only_at=only_at, start=known)

    async def _run(
        self,
        stream: str,
        command: C,
        *,
        cause: Cause,
        start: Decision[S, E] | None = None,
        customer_id: str = "",
        beside: Sequence[Item] = (),
        only_at: Callable[[int], bool] = lambda _: True,
    ) -> Decision[S, E]:
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                with self.observer.span(f"decide {type(command).__name__}") as trace:
                    return await self._decided(
                        stream,
                        command,
                        cause=replace(cause, traceparent=self.observer.traceparent() or cause.traceparent),
                        start=start,
                        customer_id=customer_id,
                        beside=beside,
                        only_at=only_at,
                        trace=trace,
                    )
        except TimeoutError as late:
            raise Transient(f"{stream}: no decision within {WITHIN_SECONDS:.0f} s") from late

    async def _decided(
        self,
        stream: str,
        command: C,
        *,
        cause: Cause,
        start: Decision[S, E] | None,
        customer_id: str,
        beside: Sequence[Item],
        only_at: Callable[[int], bool],
        trace: Trace = NO_TRACE,
    ) -> Decision[S, E]:
        trouble: Failure | None = None
        for _ in range(ATTEMPTS):
            found, start = start or await self.load(stream), None
            if mine := _made_by(cause, found):
                return mine
            news = self._decide(found, command, only_at=only_at)
            if not news:
                return found
            recorded = self._recorded(stream, found, news, cause=cause, customer_id=customer_id)
            try:
                await self.store.append(stream, [*map(self.codec.encode, recorded), *beside])
            except (Conflict, Unknown) as failure:
                # Either somebody was first, or our own write arrived and its answer did not: read, then decide again.
                trouble = failure
                self.observer.record(DECIDE_CONFLICTS, 1, command=type(command).__name__)
                continue
            self._tell(trace, found, recorded)
            state = found.state
            for event in news:
                state = self.decider.evolve(state, event)
            return Decision(state, found.events + recorded, appended=True)
        raise Transient(f"{stream}: no decision after {ATTEMPTS} attempts") from trouble

    def _tell(self, trace: Trace, found: Decision[S, E], recorded: tuple[Recorded[E], ...]) -> None:
        if not self.observer.listens:
            return
        if found.events:
            # Whoever changes an order later has a trace of his own, connected here with what came before.
            trace.link(found.events[-1].traceparent)
        else:
            self.observer.record(ORDER_OPENED, 1)
        trace.say(key=recorded[0].stream, first=recorded[0].sequence, last=recorded[-1].sequence)

    def _decide(self, found: Decision[S, E], command: C, *, only_at: Callable[[int], bool]) -> tuple[E, ...]:
        if found.events and not only_at(found.sequence):
            raise Outdated(f"the stream is at {found.sequence}")
        with pure("the decision"):
            return self.decider.decide(found.state, command)

    def _recorded(
        self, stream: str, found: Decision[S, E], news: tuple[E, ...], *, cause: Cause, customer_id: str
    ) -> tuple[Recorded[E], ...]:
        at = self.now()
        return tuple(
            Recorded(
                body=body,
                stream=stream,
                customer_id=found.events[0].customer_id if found.events else customer_id,
                sequence=sequence,
                at=at,
                causation_id=cause.causation_id,
                correlation_id=cause.correlation_id,
                traceparent=cause.traceparent,
            )
            for sequence, body in enumerate(news, start=found.sequence + 1)
        )


def _made_by[S, E](cause: Cause, found: Decision[S, E]) -> Decision[S, E] | None:
    """The decision this very command already made, when its answer was lost on the way."""
    if any(event.causation_id == cause.causation_id for event in found.events):
        return Decision(found.state, found.events, appended=True)
    return None
