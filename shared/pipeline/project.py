"""Keeps one view: reads a row once, folds what its mark has not seen, writes it once, and parks what never passes.

docs/lanes.md has the protocol as numbered rules; the numbers here are those.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from shared.kernel import Conflict, Generation, Key, NotNow, Poison, Projection, Transient, Unknown
from shared.kernel.generations import FIRST, parted
from shared.pipeline.codec import Received
from shared.pipeline.consumers import AGAIN, Engine, OfEvents, Outcome, Released, StillPoison
from shared.pipeline.fold import Folded, Stop, fold, pure
from shared.pipeline.lanes import Head
from shared.pipeline.release import release
from shared.pipeline.row import Row, Rows, Stale
from shared.pipeline.spans import Span
from shared.pipeline.together import together

# Fewer share no request worth the name.
FEW: Final = 2

# What to do with a span once nothing is in front of it.
type Way[E, V] = Callable[[Span[E], Row[V], Engine], Awaitable[Outcome]]


@dataclass(frozen=True)
class Project[E, V](OfEvents):
    """A consumer of events for one projection: for the generation that is read, or for one beside it.

    `versions` are those of the same view that other generations are folded by.
    """

    projection: Projection[E, V]
    versions: tuple[Projection[E, Any], ...] = ()
    generation: Generation = FIRST
    # What goes wrong beside the live generation is no reason to let it wait.
    is_braked: bool = True
    # Fed from two places of the feed at once, it moves its marks past every event and trusts nothing else.
    is_growing: bool = False
    pace = "at once"

    @cached_property
    def name(self) -> str:
        return f"project_{self.projection.name}"

    def key(self, event: Received[Any]) -> Key | None:
        with pure(f"the key of {self.name}"):
            key = self.projection.key(event)
        return key and self.generation.place(key)

    async def generations(self, engine: Engine) -> "Sequence[Project[E, Any]]":
        """Raises Transient when one is of a version that only newer code has: the feed waits for that."""
        known = await engine.generations.of(self.projection)
        written = [(each, self.of(each)) for each in known.written]
        return [
            replace(project, is_braked=each == known.live, is_growing=each == known.growing)
            for each, project in written
        ]

    def of(self, generation: Generation) -> "Project[E, Any]":
        """Raises Transient when this code has no such version."""
        for version in (self.projection, *self.versions):
            if version.version == generation.version:
                return replace(self, projection=version, versions=(), generation=generation)
        raise Transient(f"{self.name}: this code has no version {generation.version}; deploy the one that has")

    async def handle(self, span: Span[E], engine: Engine) -> Outcome:
        return await self._again(span, engine, self._apply)

    async def handle_all(self, spans: Sequence[Span[E]], engine: Engine) -> Sequence[Outcome | None]:
        if engine.many is None or len(spans) < FEW:
            return [None] * len(spans)
        return await together(self.rows(engine), engine.many, spans, by_mark=self.is_growing)

    async def suspect(self, span: Span[E], poison: Poison, engine: Engine) -> Outcome:
        """Park the key without touching its events: handling them has taken the process down."""

        async def unseen(span: Span[E], row: Row[V], engine: Engine) -> Outcome:
            stop = Stop(span.after(row.mark)[0].sequence, poison)
            return await self._park(span, row, _unchanged(row), stop, engine)

        return await self._again(span, engine, unseen)

    async def release(self, key: Key, engine: Engine) -> Released | StillPoison:
        """Raises NotNow when the key is of a generation that is kept no more."""
        number, _ = parted(key.partition)
        for each in await self.generations(engine):
            if each.generation.number == number:
                return await release(each, key, engine)
        raise NotNow(f"{self.name}: generation {number} is kept no more; retire it again to clear what it has left")

    async def _again(self, span: Span[E], engine: Engine, way: Way[E, V]) -> Outcome:
        for _ in range(AGAIN):
            try:
                return await self._once(span, engine, way)
            except (Conflict, Unknown):
                # Somebody wrote, or we did and never heard of it: begin again with what is there now.
                continue
        raise Transient(f"{self.name}: {span.key.id} changed {AGAIN} times under our hands")

    def rows(self, engine: Engine) -> Rows[V]:
        return Rows(self.projection, engine.rows)

    async def history(self, stream: str, key: Key, engine: Engine, *, upto: int) -> tuple[Received[E], ...]:
        """Every event of the stream that belongs to this row. Raises Poison, and Conflict when read short of `upto`."""
        items = await engine.events.read(stream)
        events = tuple(event for event in map(engine.codec.decode, items) if self.key(event) == key)
        if not events or events[-1].sequence < upto:
            raise Conflict(f"{stream}: the stream was read short of {upto}")
        return events

    async def _once(self, span: Span[E], engine: Engine, way: Way[E, V]) -> Outcome:
        row = await self.rows(engine).read(span.key)
        if not span.after(row.mark):
            return "skipped"
        if row.stale is None:
            return await way(span, row, engine)
        return await self._behind(span, row.stale, engine, way)

    async def _behind(self, span: Span[E], stale: Stale, engine: Engine, way: Way[E, V]) -> Outcome:
        """Rules 2 and 3: wait behind the head, unless the release has come so far that it would be missed."""
        head = await engine.lanes.head(self.name, span.key)
        if head and head.is_open and head.nonce == stale.lane:
            await engine.lanes.hold(head, span.last)
            return "held"
        row = await self.rows(engine).read(span.key)
        if not span.after(row.mark):
            return "skipped"
        if head is None and row.stale:
            raise Conflict(f"{span.key.id}: a stale row without its head; somebody's read was old")
        return await way(span, row, engine)

    async def _apply(self, span: Span[E], row: Row[V], engine: Engine) -> Outcome:
        """Rule 4: fold, then one write. Rule 5 when the fold stops."""
        news = span.after(row.mark)
        if row.lacks(news, by_mark=self.is_growing):
            try:
                whole = await self.history(span.stream, span.key, engine, upto=span.last)
                news = tuple(event for event in whole if event.sequence > row.mark)
            except Poison as poison:
                return await self._park(span, row, _unchanged(row), Stop(news[0].sequence, poison), engine)
        folded = self._folded(row, news)
        try:
            if folded.stop:
                return await self._park(span, row, folded, folded.stop, engine)
            if not folded.moved and row.stale is None and row.is_readable:
                return "skipped"
            await self.rows(engine).write(span.key, Row(folded.value, folded.mark, None, row.etag))
        except Poison as poison:
            taken = tuple(event for event in news if event.sequence <= folded.mark)
            return await self._park_unwritable(span, row, taken, poison, engine)
        return "applied"

    def _folded(self, row: Row[V], news: Sequence[Received[E]]) -> Folded[V]:
        folded = fold(self.projection, row.value, row.mark, news)
        return replace(folded, moved=True) if self.is_growing and row.is_there else folded

    async def _park_unwritable(
        self, span: Span[E], row: Row[V], taken: tuple[Received[E], ...], poison: Poison, engine: Engine
    ) -> Outcome:
        """The store will never take this row: park at the event that made it so, behind the most that it takes."""
        for cut in range(len(taken) - 1, -1, -1):
            most = fold(self.projection, row.value, row.mark, taken[:cut])
            try:
                return await self._park(span, row, most, Stop(taken[cut].sequence, poison), engine)
            except Poison:
                continue
        stop = Stop(span.after(row.mark)[0].sequence, poison)
        if row.is_there:
            # No room to say that it is stale: its body goes until the release, which folds it from the stream.
            return await self._park(span, row, Folded(None, 0, moved=True), stop, engine)
        # Not even a mark fits in (a full partition): the head is there, and each later span comes by here again.
        await self._head(span, stop, engine)
        return "parked"

    async def _park(self, span: Span[E], row: Row[V], folded: Folded[V], stop: Stop, engine: Engine) -> Outcome:
        """Rule 5: the head first, then always the row beside it, with what went in before the poison."""
        head = await self._head(span, stop, engine)
        await self.rows(engine).write(span.key, Row(folded.value, folded.mark, stale_behind(head), row.etag))
        return "parked"

    async def _head(self, span: Span[E], stop: Stop, engine: Engine) -> Head:
        if self.is_braked:
            engine.brake.meet(self.name, stop.poison.reason, span.key)
        return await engine.lanes.park(
            self.name,
            span.key,
            stream=span.stream,
            first=stop.at,
            last=max(span.last, stop.at),
            poison=stop.poison,
        )


def _unchanged[V](row: Row[V]) -> Folded[V]:
    return Folded(row.value, row.mark, moved=False)


def stale_behind(head: Head) -> Stale:
    return Stale(head.nonce, head.since, head.reason, head.last)
