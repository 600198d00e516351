"""A view's row as the engine sees it: its value, its mark, and whether it is stale behind a parked event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.kernel import Failure, Key, Poison, Projection
from shared.kernel.generations import FIRST_NUMBER, parted
from shared.kernel.values import to_text
from shared.pipeline.codec import Received, RowCodec, Shape
from shared.ports import Item, ManyRows, RowStore, RowWrite, Stored


@dataclass(frozen=True, slots=True)
class Stale:
    """Since when and why a row lacks its latest events, up to at least `last`; `lane` is the parking's own nonce."""

    lane: str
    since: datetime
    reason: str
    last: int

    def to_item(self) -> dict[str, object]:
        return {"lane": self.lane, "since": to_text(self.since), "reason": self.reason, "last": self.last}


_STALE = Shape(Stale)


def _stale(item: Item) -> Stale | None:
    match item:
        case {"stale": dict(stale)}:
            return _STALE.read(stale)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Row[V]:
    """`value` is None before the first event and after the last. `etag` is None when there is no item yet.

    `is_readable` is False for an item that only its stream can mend: it counts as one that has seen nothing.
    """

    value: V | None = None
    mark: int = 0
    stale: Stale | None = None
    etag: str | None = None
    is_readable: bool = True

    @property
    def is_there(self) -> bool:
        return self.etag is not None

    def lacks(self, news: Sequence[Received[Any]], *, by_mark: bool) -> bool:
        """Whether it and they may lack an event before the last of them.

        The feed's order is trusted from one page to the next, except over no row, or where something may have been
        held back meanwhile; never with `by_mark`, for a row that is written from two places of the feed.
        """
        first, last = news[0].sequence, news[-1].sequence
        if last - first >= len(news):
            return True
        if self.is_readable and self.is_there and self.stale is None and not by_mark:
            return False
        return not self.is_readable or first != self.mark + 1


@dataclass(frozen=True, slots=True)
class Rows[V]:
    """The rows of one view. Every write is a create, or a replace of exactly what was read."""

    projection: Projection[Any, V]
    store: RowStore

    async def read(self, key: Key) -> Row[V]:
        return self._row(await self.store.read(self.projection.container, key))

    async def read_all(self, many: ManyRows, keys: Sequence[Key]) -> list[Row[V] | Failure]:
        """Of each key its row, or why it is not known."""
        found = await many.read_all(self.projection.container, keys)
        return [each if isinstance(each, Failure) else self._row(each) for each in found]

    async def write_all(self, many: ManyRows, rows: Sequence[tuple[Key, Row[V]]]) -> list[Failure | None]:
        """Of each row why it is not written, if it is not; Conflict when somebody wrote since it was read."""
        items = [self._item(key, row) for key, row in rows]
        good = [
            RowWrite(key, item, row.etag)
            for (key, row), item in zip(rows, items, strict=True)
            if not isinstance(item, Failure)
        ]
        written = iter(await many.write_all(self.projection.container, good))
        return list(_troubles(items, written))

    async def write(self, key: Key, row: Row[V]) -> Row[V]:
        """Returns the row with its new etag. Raises Conflict when somebody wrote since it was read."""
        item, container = self._encoded(key, row), self.projection.container
        if row.etag is None:
            return replace(row, etag=await self.store.create(container, key, item))
        return replace(row, etag=await self.store.replace(container, key, item, etag=row.etag))

    def _item(self, key: Key, row: Row[V]) -> Item | Failure:
        try:
            return self._encoded(key, row)
        except Poison as poison:
            return poison

    def _row(self, stored: Stored | None) -> Row[V]:
        if stored is None:
            return Row()
        try:
            return self._decoded(stored)
        except Poison:
            # If it is stale it waits for its release, as one that can be read.
            return Row(stale=_stale(stored.item), etag=stored.etag, is_readable=False)

    def _decoded(self, stored: Stored) -> Row[V]:
        match stored.item:
            case {"mark": int(mark)}:
                return Row(self._codec.decode(self._natural(stored.item)), mark, _stale(stored.item), stored.etag)
            case _:
                raise Poison("unreadable_row", "a row without its mark")

    def _natural(self, item: Item) -> Item:
        """As in the first generation: where a row lives is no part of what it says."""
        name = self.projection.partitioned_by
        number, partition = parted(str(item.get(name, "")))
        return item if number == FIRST_NUMBER else {**item, name: partition}

    def _encoded(self, key: Key, row: Row[V]) -> Item:
        # A row that ended keeps its mark, or an old page of the feed would bring it back.
        try:
            item = self._codec.encode(row.value)
        except ValueError as bug:
            raise Poison("handler_failed", f"{self.projection.name} made a row that is no item: {bug}") from bug
        item |= {"id": key.id, self.projection.partitioned_by: key.partition, "mark": row.mark}
        if row.value is None:
            item["body"] = False
        if row.stale:
            item["stale"] = row.stale.to_item()
        return item

    @property
    def _codec(self) -> RowCodec[V]:
        return row_codec(self.projection.row)


def _troubles(items: Sequence[Item | Failure], written: Iterator[str | Failure]) -> Iterator[Failure | None]:
    for item in items:
        trouble = item if isinstance(item, Failure) else next(written)
        yield trouble if isinstance(trouble, Failure) else None


_CODECS: dict[type, RowCodec[object]] = {}


def row_codec[V](row: type[V]) -> RowCodec[V]:
    """One codec per kind of row: building one costs more than a thousand uses of it."""
    if row not in _CODECS:
        _CODECS[row] = RowCodec(row)
    return _CODECS[row]  # type: ignore[return-value]  # same
