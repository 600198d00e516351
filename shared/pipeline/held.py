"""Messages that wait in a lane, whole: nobody else keeps them once the hub has let them go.

Each is written in one batch with the head, so that whoever ends the lane has seen every message behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any, Final

from shared.kernel import Key
from shared.pipeline.lanes import CONTAINER, Head, item_of
from shared.ports import BucketStore, Item, Partitions, RowStore, Write

KIND: Final = "HeldMessage"
# One batch holds 100 operations and 2 MB; one of them is the head.
MOST: Final = 99
MOST_MESSAGE_BYTES: Final = 8 * 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """`number` is its place in the lane, counted from 1."""

    number: int
    item: Item
    place: Key
    etag: str


@dataclass(frozen=True, slots=True)
class Held:
    """What waits behind the heads of all lanes of messages; a head's `last` counts all that ever did."""

    buckets: BucketStore
    rows: RowStore
    partitions: Partitions

    async def keep(self, head: Head, items: Sequence[Item]) -> None:
        """Let items wait behind the head, in this order, but none twice. Raises Conflict when the head has changed.

        A head that is not stored yet is created, even for nothing new.
        """
        there = await self.buckets.read(CONTAINER, head.lane, [str(item["id"]) for item in items])
        news = [item for item in items if item["id"] not in there]
        for part in tuple(batched(news, MOST, strict=False)) or ((),) * (head.etag is None):
            grown = replace(head, last=head.last + len(part))
            letters = [letter(head.lane, number, item) for number, item in enumerate(part, start=head.last + 1)]
            writes = [Write(item_of(grown), head.etag), *map(Write, letters)]
            etags = await self.buckets.commit(CONTAINER, head.lane, writes)
            head = replace(grown, etag=etags[0])

    async def waiting(self, lane: str) -> list[Waiting]:
        """In the order in which they came."""
        items: list[Any] = [item async for item in self.partitions.items(CONTAINER, lane) if item["type"] == KIND]
        found = [Waiting(item["number"], item["item"], Key(lane, item["id"]), item["_etag"]) for item in items]
        return sorted(found, key=lambda each: each.number)

    async def forget(self, waiting: Sequence[Waiting]) -> None:
        for each in waiting:
            await self.rows.delete(CONTAINER, each.place, etag=each.etag)


def letter(lane: str, number: int, item: Item) -> Item:
    stamp = {"type": KIND, "schemaVersion": 1, "number": number}
    return {"id": item["id"], "lane": lane} | stamp | {"item": dict(item)}
