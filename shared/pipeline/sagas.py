"""Moves sagas on: reads the stream to its end, saves what follows, asks for what is wanted, records the answers.

Whoever comes by does all of it: the orders feed, the feed of the sagas themselves, a timer, a person. One item holds a
whole saga and each write of it is fenced by its etag, so two who come at once do nothing twice, and one who dies leaves
a claim that runs out (docs/fulfilment.md).
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from shared.kernel import Ask, Conflict, Key, Poison, Progress, Saga, Transient, Unknown
from shared.kernel.outbox import LONGEST, claim
from shared.kernel.values import to_text
from shared.metrics import SAGA_STEP_SECONDS
from shared.observer import SILENT, Observer, within
from shared.pipeline.attempts import Attempts, Outside
from shared.pipeline.following import following
from shared.pipeline.remembered import Remembered
from shared.pipeline.saga_item import CONTAINER, Instance, read, written
from shared.pipeline.transact import Decision, Transactor
from shared.ports import RowStore

log = logging.getLogger("orderflow.sagas")

AGAIN: Final = 8
# From placing to done takes five; whoever has had his share leaves the rest to the sagas' own feed.
ROUNDS: Final = 8
DRAIN_SECONDS: Final = 1.0
MOST_RUNNING: Final = 200


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
    _remembered: Remembered = field(init=False)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._remembered = Remembered(self.now)

    @property
    def name(self) -> str:
        return self.versions[-1].name

    @property
    def _attempts(self) -> Attempts:
        return Attempts(self.name, self.streams, self.outside, self.nonce, self.observer)

    async def touch(self, stream: str, *, seen: int | None = None) -> None:
        """Move the stream's saga on. Raises Transient, and Poison when the stream or the saga cannot be read.

        When it returns, whatever follows from the stream is saved; what is asked for is done, or goes on beside. With
        `seen` nothing is done when that is the last event the saga has seen and nothing of it is due.
        """
        if seen is not None and self._remembered.has(stream, seen):
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
            self._remembered.keep(stream, instance.progress.mark)
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
            performed = await self._performed(stream, turn) if turn.mine else None
            if performed is None:
                return
            turn = await self._moved(stream, performed, claims=left > 0)

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
        self._remembered.keep(stream, new.progress.mark)
        self._tell(old.progress, new.progress)
        return new

    def _tell(self, old: Progress, new: Progress) -> None:
        """How long it was in each phase that it has left by now."""
        left = new.entered[len(old.entered) - 1 :]
        for entered, after in pairwise(left):
            seconds = (after.at - entered.at).total_seconds()
            self.observer.record(SAGA_STEP_SECONDS, seconds, saga=self.name, step=entered.phase)

    async def _performed(self, stream: str, turn: Turn) -> Turn | None:
        """Every ask of ours to its end; None when all are left open. What failed stays asked for.

        Nothing is lost when we die here.
        """
        instance, attempts = turn.instance, self._attempts
        numbers = {ask.name: ask.attempts for ask in instance.asked}
        ends = await asyncio.gather(*(attempts.made(stream, ask, numbers[ask.name], turn.found) for ask in turn.mine))
        if all(end.is_open for end in ends):
            return None
        for ask, end in zip(turn.mine, ends, strict=True):
            if not end.is_open:
                instance = instance.after(ask.name, trouble=end.trouble, now=self.now(), is_silent=end.is_silent)
        known = [end.found for end in ends if end.found]
        if len(known) < len(ends):
            # A reading that is older than what we know would undo what stands.
            known += [turn.found, await self.streams.load(stream)]
        return Turn(instance, max(known, key=lambda found: found.sequence))


def _contested(name: str, stream: str) -> Transient:
    return Transient(f"{name}: the saga of {stream} changed {AGAIN} times under our hands")
