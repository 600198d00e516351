"""Who reads the feed, and what each does with the events of one key."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

from shared.kernel import Conflict, Key, Projection, Transient
from shared.pipeline.codec import EventCodec, Received, RowCodec, readable
from shared.pipeline.spans import Span
from shared.ports import EventStore, RowStore, Stored

type Outcome = Literal["applied", "skipped"]

CONFLICTS = 8


@dataclass(frozen=True, slots=True)
class Engine:
    """What a consumer may use."""

    codec: EventCodec[Any]
    events: EventStore
    rows: RowStore


class Consumer(Protocol):
    """One place in one feed. `name` is the function's name and its lease prefix, so it never changes."""

    @property
    def name(self) -> str: ...

    def key(self, event: Received[Any]) -> Key | None: ...

    async def handle(self, span: Span[Any], engine: Engine) -> Outcome:
        """Apply the span once, however often it comes. Raises Failure, after which nothing of it is half done."""
        ...


@dataclass(frozen=True)
class Project[E, V]:
    """Keeps one view: reads the row once, folds what its mark has not seen, writes it once."""

    projection: Projection[E, V]

    @property
    def name(self) -> str:
        return f"project_{self.projection.name}"

    @cached_property
    def _codec(self) -> RowCodec[V]:
        return RowCodec(self.projection.row)

    def key(self, event: Received[E]) -> Key | None:
        return self.projection.key(event)

    async def handle(self, span: Span[E], engine: Engine) -> Outcome:
        for _ in range(CONFLICTS):
            try:
                return await self._once(span, engine)
            except Conflict:
                continue
        raise Transient(f"{self.name}: the row of {span.stream} changed {CONFLICTS} times under our hands")

    async def _once(self, span: Span[E], engine: Engine) -> Outcome:
        stored = await engine.rows.read(self.projection.container, span.key)
        mark = _mark(stored)
        news = span.after(mark)
        if not news:
            return "skipped"
        if stored is None and news[0].sequence > 1:
            news = await self._history(span, engine)
        return await self._fold(span, news, stored, engine)

    async def _history(self, span: Span[E], engine: Engine) -> tuple[Received[E], ...]:
        # No row, yet not the stream's beginning: something is missing here that the stream still has.
        items = await engine.events.read(span.stream)
        return tuple(event for event in map(engine.codec.decode, items) if self.key(event) == span.key)

    async def _fold(
        self, span: Span[E], news: tuple[Received[E], ...], stored: Stored | None, engine: Engine
    ) -> Outcome:
        row = before = None if stored is None else self._codec.decode(stored.item)
        changed = False
        for event in news:
            row, before = self.projection.evolve(row, readable(event)), row
            changed = changed or row is not before
        if not changed:
            return "skipped"
        item = self._item(span.key, row, mark=news[-1].sequence)
        if stored is None:
            await engine.rows.create(self.projection.container, span.key, item)
        else:
            await engine.rows.replace(self.projection.container, span.key, item, etag=stored.etag)
        return "applied"

    def _item(self, key: Key, row: V | None, *, mark: int) -> dict[str, object]:
        # A row that ended keeps its mark, or an old page of the feed would bring it back.
        place: dict[str, object] = {"id": key.id, self.projection.partitioned_by: key.partition, "mark": mark}
        return self._codec.encode(row) | place | ({} if row is not None else {"body": False})


def _mark(stored: Stored | None) -> int:
    match stored:
        case None:
            return 0
        case Stored(item={"mark": int(mark)}):
            return mark
        case _:
            raise ValueError("a row without its mark was not written by this engine")
