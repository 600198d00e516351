"""Lanes: a parked key and what waits behind it. One head per lane, every write of it a create or if-match.

docs/lanes.md has the protocol as numbered rules; the numbers here are those.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from shared.kernel import Conflict, Key, Poison
from shared.kernel.values import to_text
from shared.pipeline.codec import Shape
from shared.pipeline.naming import camel
from shared.ports import Item, RowStore, Stored

CONTAINER: Final = "poison"
HEAD: Final = "head"


@dataclass(frozen=True, slots=True)
class Head:
    """`first` is the poison event, `last` the latest one held back behind it. `nonce` names this very parking.

    What a person has `left_out` is not handed on, nor taken in.
    """

    consumer: str
    stream: str
    partition: str
    row: str
    first: int
    last: int
    nonce: str
    reason: str
    detail: str
    since: datetime
    state: Literal["open", "closed"] = "open"
    left_out: tuple[int, ...] = ()
    etag: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def lane(self) -> str:
        return lane(self.consumer, self.key)

    @property
    def key(self) -> Key:
        return Key(self.partition, self.row)


_HEAD = Shape(Head)
_FIELDS: Final = tuple(name for name in Head.__dataclass_fields__ if name != "etag")


def lane(consumer: str, key: Key) -> str:
    """The lane's partition. Lengths keep apart what separators alone would mix up."""
    return f"{consumer}:{len(key.partition)}:{key.partition}:{key.id}"


def named(lane: str) -> str:
    """A lane as a line of the log may name it: its key's partition may be a customer."""
    consumer, _, rest = lane.partition(":")
    return f"{consumer}: the lane of {rest.rpartition(':')[2]}"


@dataclass(frozen=True, slots=True)
class Lanes:
    """The heads of all lanes, and where nonces and the time come from."""

    store: RowStore
    nonce: Callable[[], str]
    now: Callable[[], datetime]

    async def head(self, consumer: str, key: Key) -> Head | None:
        stored = await self.store.read(CONTAINER, Key(lane(consumer, key), HEAD))
        if stored is None:
            return None
        try:
            return head_of(stored)
        except Poison:
            # Whoever damaged it: a head that says nothing stands for no parking, and can be opened again.
            return Head(
                consumer,
                key.id,
                key.partition,
                key.id,
                0,
                0,
                "",
                "unreadable_row",
                "",
                self.now(),
                "closed",
                etag=stored.etag,
            )

    async def hold(self, head: Head, last: int) -> None:
        """Rule 2: let events up to `last` wait behind the head. Raises Conflict when the head has changed."""
        if head.last < last:
            await self._replace(replace(head, last=last))

    async def park(self, consumer: str, key: Key, *, stream: str, first: int, last: int, poison: Poison) -> Head:
        """Rule 5 (i): open, widen or re-open the head. Raises Conflict when it changes meanwhile."""
        mine = self.new(consumer, key, stream=stream, first=first, last=last, poison=poison)
        try:
            return replace(mine, etag=await self.store.create(CONTAINER, Key(mine.lane, HEAD), item_of(mine)))
        except Conflict:
            found = await self.head(consumer, key)
        if found is None:
            raise Conflict(f"{named(mine.lane)} went away while we parked")
        if found.is_open:
            widened = replace(found, first=min(found.first, first), last=max(found.last, last))
            return await self._replace(widened)
        return await self._replace(replace(mine, etag=found.etag))

    def new(self, consumer: str, key: Key, *, stream: str, first: int, last: int, poison: Poison) -> Head:
        """A head that is not written yet."""
        return Head(
            consumer=consumer,
            stream=stream,
            partition=key.partition,
            row=key.id,
            first=first,
            last=last,
            nonce=self.nonce(),
            reason=poison.reason,
            detail=str(poison),
            since=self.now(),
        )

    async def park_raw(self, consumer: str, item: Item, poison: Poison) -> None:
        """Park an item whose key nobody can read, whole, under the store's own name for it."""
        place = Key(f"{consumer}:raw:{item.get('_rid') or item.get('id')}", HEAD)
        parked = {
            "id": HEAD,
            "lane": place.partition,
            "type": "RawPoison",
            "schemaVersion": 1,
            "consumer": consumer,
            "reason": poison.reason,
            "detail": str(poison),
            "since": to_text(self.now()),
            "item": dict(item),
        }
        # In a conflict it was parked already, by an earlier delivery of the same item.
        with suppress(Conflict):
            try:
                await self.store.create(CONTAINER, place, parked)
            except Poison:
                # Too large to be kept whole beside what is said of it: `orders` still has it, under its own name.
                named = {name: value for name, value in item.items() if name in {"id", "orderId", "_rid", "_self"}}
                await self.store.create(CONTAINER, place, parked | {"item": named})

    async def close(self, head: Head) -> Head:
        """Rule 6 (v). Raises Conflict when somebody held or widened meanwhile."""
        return await self._replace(replace(head, state="closed"))

    async def end(self, head: Head) -> None:
        """Rule 6 (vii). Raises Conflict when the head was opened again."""
        await self.store.delete(CONTAINER, Key(head.lane, HEAD), etag=_etag(head))

    async def _replace(self, head: Head) -> Head:
        key = Key(head.lane, HEAD)
        return replace(head, etag=await self.store.replace(CONTAINER, key, item_of(head), etag=_etag(head)))


def _etag(head: Head) -> str:
    if head.etag is None:
        raise ValueError("only a head that was read or written can be written again")
    return head.etag


def head_of(stored: Stored) -> Head:
    """Raises Poison when it is no head."""
    return replace(_HEAD.read(stored.item), etag=stored.etag)


def item_of(head: Head) -> dict[str, object]:
    """As it is stored."""
    fields = {camel(name): getattr(head, name) for name in _FIELDS}
    return fields | {
        "id": HEAD,
        "lane": head.lane,
        "type": "LaneHead",
        "schemaVersion": 1,
        "since": to_text(head.since),
        "leftOut": list(head.left_out),
    }
