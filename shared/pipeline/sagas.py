"""Moves sagas on: reads the stream to its end, saves what follows, asks for what is wanted, records the answers.

Whoever comes by does all of it: the orders feed, the feed of the sagas themselves, a timer, a person. One item holds a
whole saga and each write of it is fenced by its etag, so two who come at once do nothing twice, and one who dies leaves
a claim that runs out (docs/fulfilment.md).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from shared.kernel import Ask, Conflict, Failure, Key, Poison, Progress, Refused, Saga, Transient, Unknown
from shared.kernel.outbox import LONGEST, claim
from shared.kernel.values import to_text
from shared.metrics import SAGA_STEP_SECONDS
from shared.observer import SILENT, Observer, within
from shared.pipeline.following import following
from shared.pipeline.saga_item import CONTAINER, Instance, read, written
from shared.pipeline.transact import Cause, Decision, Transactor
from shared.ports import RowStore

log = logging.getLogger("orderflow.sagas")

AGAIN: Final = 8
# From placing to done takes five; whoever has had his share leaves the rest to the sagas' own feed.
ROUNDS: Final = 8
CALL_SECONDS: Final = 10.0
DRAIN_SECONDS: Final = 1.0
MOST_RUNNING: Final = 200
REMEMBERED: Final = 10_000
# As long as the feed takes to bring back what we have caused; a store that failed over may know less than we.
REMEMBERED_FOR: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Outside:
    """The world beyond the streams.

    `perform` carries out an effect and gives its answer, or None where there is none to record; it raises Transient
    when nobody answered. `record` makes the command that records an answer.
    """

    perform: Callable[[Any], Awaitable[Any]]
    record: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """A saga as stored, its stream as read, and what of its asks is ours to do now."""

    instance: Instance
    found: Decision[Any, Any]
    mine: tuple[Ask, ...] = ()


@dataclass(slots=True)
class Sagas:
    """All running instances of one saga, whatever version they began with; the last of `versions` is for new ones."""

    versions: Sequence[Saga[Any, Any]]
    streams: Transactor[Any, Any, Any]
    rows: RowStore
    outside: Outside
    now: Callable[[], datetime]
    nonce: Callable[[], str]
    drain_seconds: float | None = DRAIN_SECONDS
    observer: Observer = SILENT
    _marks: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.versions[-1].name

    async def touch(self, stream: str, *, seen: int | None = None) -> None:
        """Move the stream's saga on. Raises Transient, and Poison when the stream or the saga cannot be read.

        When it returns, whatever follows from the stream is saved; what is asked for is done, or goes on beside. With
        `seen` nothing is done when that is the last event the saga has seen and nothing of it is due.
        """
        if seen is not None and self._remembers(stream, seen):
            return
        begun = await self._begun_somehow(stream, seen)
        if begun is None or not begun.mine:
            return
        task = asyncio.create_task(self._finished(stream, begun))
        self._running.add(task)
        task.add_done_callback(self._gone)
        # A provider that takes its time does not hold up the others, unless there are too many such.
        crowded = len(self._running) > MOST_RUNNING
        await asyncio.wait({task}, timeout=None if crowded else self.drain_seconds)
        # A provider may cancel its own call: that is no end of ours, and the claim runs out.
        if task.done() and not task.cancelled():
            task.result()

    def _gone(self, task: asyncio.Task[None]) -> None:
        """What ends badly beside everything else loses nothing: its claims run out, and a timer finds them."""
        self._running.discard(task)
        if not task.cancelled() and (trouble := task.exception()):
            log.warning("%s: what went on beside has stopped: %s", self.name, trouble)

    async def settle(self) -> None:
        """Until nothing goes on beside any more."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def find(self, stream: str) -> Instance | None:
        """The saga as it is stored. Raises Poison when it cannot be read."""
        return read(await self.rows.read(CONTAINER, Key(stream, self.name)))

    async def postpone(self, stream: str) -> None:
        """Nobody can move this saga now: no timer need look again soon. Raises Conflict when somebody just did.

        One that is not due any more was moved by somebody who can read it, and stays as it is.
        """
        stored = await self.rows.read(CONTAINER, Key(stream, self.name))
        due = stored.item.get("dueAt") if stored else None
        if stored and isinstance(due, str) and due <= to_text(self.now()):
            later = dict(stored.item) | {"dueAt": to_text(self.now() + LONGEST)}
            await self.rows.replace(CONTAINER, Key(stream, self.name), later, etag=stored.etag)

    def definition(self, instance: Instance) -> Saga[Any, Any]:
        """Raises Poison for a version that only another deployment knows."""
        for saga in self.versions:
            if saga.version == instance.progress.version:
                return saga
        raise Poison("unknown_version", f"{self.name} in version {instance.progress.version}")

    async def _begun_somehow(self, stream: str, seen: int | None) -> Turn | None:
        for _ in range(AGAIN):
            with suppress(Conflict, Unknown):
                return await self._begun(stream, seen)
        raise _contested(self.name, stream)

    async def _begun(self, stream: str, seen: int | None) -> Turn | None:
        """Read all there is, and save what follows from it."""
        instance = await self.find(stream)
        if instance and instance.progress.mark == seen and not instance.is_due(self.now()):
            self._remember(stream, instance)
            return None
        found = await self.streams.load(stream)
        instance = self._not_ahead(instance, found) if instance else self._opened(found)
        return await self._moved(stream, Turn(instance, found)) if instance else None

    async def _finished(self, stream: str, begun: Turn) -> None:
        turn: Turn | None = begun
        for _ in range(AGAIN):
            with suppress(Conflict, Unknown):
                turn = turn or await self._begun(stream, None)
                if turn:
                    await self._drained(stream, turn)
                return
            # Somebody else has moved the saga: what we know of it is old.
            turn = None
        raise _contested(self.name, stream)

    async def _drained(self, stream: str, turn: Turn) -> None:
        for left in reversed(range(ROUNDS)):
            if not turn.mine:
                return
            turn = await self._moved(stream, await self._performed(stream, turn), claims=left > 0)

    def _opened(self, found: Decision[Any, Any]) -> Instance | None:
        """A saga begins only while its stream stands: what has ended before needs nothing undone."""
        saga = self.versions[-1]
        if not found.events or not isinstance(found.events[0].body, saga.opens_on) or not saga.stands(found.state):
            return None
        return Instance(saga.begin(replace(found.events[0], at=self.now())), ())

    def _not_ahead(self, instance: Instance, found: Decision[Any, Any]) -> Instance:
        """A store that failed over may have lost events that the saga has seen: it goes through what is left again."""
        if not found.events:
            raise Poison("handler_failed", f"{self.name}: nothing is left of its stream")
        is_whole = isinstance(found.events[0].body, self.versions[-1].opens_on)
        if instance.progress.mark <= found.sequence or not is_whole:
            # What is left of a purged stream is no way to go through again.
            return instance
        begun = self.definition(instance).begin(replace(found.events[0], at=self.now()))
        return Instance(begun, (), etag=instance.etag, is_changed=True)

    async def _moved(self, stream: str, turn: Turn, *, claims: bool = True) -> Turn:
        """The saga after everything that has happened, saved, and what of its asks is now ours."""
        saga, now, names = self.definition(turn.instance), self.now(), frozenset[str]()
        moved, wanted = following(saga, stream, turn.instance, events=turn.found.events, now=now)
        if claims:
            asked, names = claim(moved.asked, now)
            moved = replace(moved, asked=asked)
        saved = await self._saved(stream, turn.instance, moved, began=turn.found.events[0].traceparent)
        return Turn(saved, turn.found, tuple(ask for ask in wanted if ask.name in names))

    async def _saved(self, stream: str, old: Instance, new: Instance, *, began: str) -> Instance:
        key = Key(stream, self.name)
        if self.observer.listens and (new.etag is None or new != old or old.is_changed):
            new = replace(new, traceparent=within(self.observer, began) or old.traceparent)
        if new.etag is None:
            new = replace(new, etag=await self.rows.create(CONTAINER, key, written(stream, self.name, new)))
        elif new != old or old.is_changed:
            item = written(stream, self.name, new)
            new = replace(new, etag=await self.rows.replace(CONTAINER, key, item, etag=new.etag), is_changed=False)
        self._remember(stream, new)
        self._tell(old.progress, new.progress)
        return new

    def _tell(self, old: Progress, new: Progress) -> None:
        """How long it was in each phase that it has left by now."""
        left = new.entered[len(old.entered) - 1 :]
        for entered, after in pairwise(left):
            seconds = (after.at - entered.at).total_seconds()
            self.observer.record(SAGA_STEP_SECONDS, seconds, saga=self.name, step=entered.phase)

    async def _performed(self, stream: str, turn: Turn) -> Turn:
        """Every ask of ours to its end. What failed stays asked for; nothing is lost when we die here."""
        ends = await asyncio.gather(*(self._asked(stream, ask, turn) for ask in turn.mine))
        instance = turn.instance
        for ask, end in zip(turn.mine, ends, strict=True):
            instance = instance.after(ask.name, trouble=end.trouble, now=self.now(), is_silent=end.is_silent)
        known = [end.found for end in ends if end.found]
        if len(known) < len(ends):
            # A reading that is older than what we know would undo what stands.
            known += [turn.found, await self.streams.load(stream)]
        return Turn(instance, max(known, key=lambda found: found.sequence))

    async def _asked(self, stream: str, ask: Ask, turn: Turn) -> "_End":
        try:
            with self.observer.span(f"ask {ask.name}", within=turn.found.events[0].traceparent) as trace:
                trace.say(key=stream)
                return await self._once(stream, ask, turn)
        except Refused as refused:
            # It ends this attempt and no more: the event that made it so moves the saga.
            return _End(trouble=f"refused: {refused.code}")
        except (Failure, TimeoutError) as failure:
            return _failed(stream, ask, failure)
        except Exception as bug:  # noqa: BLE001 - a provider's fault must not stop the other sagas; it is asked again
            return _failed(stream, ask, bug)

    async def _once(self, stream: str, ask: Ask, turn: Turn) -> "_End":
        """Intent, call, answer: each is in the store before the next begins."""
        found = turn.found
        if ask.before is not None:
            found = await self.streams.run(stream, ask.before, cause=self._cause(ask, turn), known=found)
        if ask.effect is None:
            return _End(found)
        async with asyncio.timeout(CALL_SECONDS):
            answer = await self.outside.perform(ask.effect)
        if answer is None:
            return _End(found, is_silent=True)
        command = self.outside.record(answer)
        return _End(await self.streams.run(stream, command, cause=self._cause(ask, turn), known=found))

    def _cause(self, ask: Ask, turn: Turn) -> Cause:
        """Which attempt at what it is of, and a name that no other command has."""
        first = turn.found.events[0]
        (attempts,) = (each.attempts for each in turn.instance.asked if each.name == ask.name)
        name = f"{self.name}:{ask.name}:{attempts}:{self.nonce()}"
        return Cause(name, first.correlation_id, first.traceparent)

    def _remembers(self, stream: str, seen: int) -> bool:
        mark, at = self._marks.get(stream, (0, datetime.min.replace(tzinfo=UTC)))
        return mark >= seen and abs(self.now() - at) < REMEMBERED_FOR

    def _remember(self, stream: str, instance: Instance) -> None:
        """How far a stream's saga is for certain, so that what it has caused itself comes back for nothing."""
        self._marks.pop(stream, None)
        self._marks[stream] = (instance.progress.mark, self.now())
        if len(self._marks) > REMEMBERED:
            del self._marks[next(iter(self._marks))]


@dataclass(frozen=True, slots=True)
class _End:
    """How one attempt ended. A silent one was answered by something that is no event."""

    found: Decision[Any, Any] | None = None
    trouble: str = ""
    is_silent: bool = False


def _failed(stream: str, ask: Ask, trouble: Exception) -> _End:
    log.warning("%s of %s is not answered: %s", ask.name, stream, type(trouble).__name__)
    return _End(trouble=type(trouble).__name__)


def _contested(name: str, stream: str) -> Transient:
    return Transient(f"{name}: the saga of {stream} changed {AGAIN} times under our hands")
