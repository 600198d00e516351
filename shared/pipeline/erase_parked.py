"""Takes the content out of what is parked of some orders, and leaves what its lane needs: whose it is, and its place.

A lane keeps no content of events, which are read again from their stream. What it does keep whole are messages of a hub
and items that nobody could read.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from shared.kernel import Conflict, Key
from shared.kernel.traces import Traces
from shared.pipeline.held import KIND as HELD
from shared.pipeline.lanes import CONTAINER
from shared.ports import Item, LaneCatalogue, Partitions, RowStore, Stored

RAW: Final = "RawPoison"
# What names a change or a message and says nothing else of it.
NAMES: Final = frozenset({"id", "orderId", "sequence", "partition", "enqueuedAt", "_rid", "_self"})


@dataclass(frozen=True, slots=True)
class Parked:
    """`bare` leaves of a message's text, by consumer, only what its consumer reads."""

    catalogue: LaneCatalogue
    partitions: Partitions
    rows: RowStore
    bare: Mapping[str, Callable[[str], str]]

    async def erase(self, customer_id: str, streams: Collection[str], traces: Traces) -> int:
        """How many records have lost their content. Those that lost it before are left alone."""
        kept = self._kept(customer_id, streams, traces)
        return sum([await self._replaced(key, item) async for key, item in kept])

    async def _kept(
        self, customer_id: str, streams: Collection[str], traces: Traces
    ) -> AsyncIterator[tuple[Key, Item]]:
        """Every record of theirs, as it ought to be."""
        for head in await self.catalogue.parked():
            lane = str(head["lane"])
            if head.get("type") == RAW:
                if traces.are_in(head.get("item")) or _is_of(customer_id, head.get("item")):
                    yield Key(lane, str(head["id"])), {**head, "item": _named(head.get("item"), traces)}
            elif head.get("stream") in streams and (bare := self.bare.get(str(head.get("consumer")))):
                async for letter in self.partitions.items(CONTAINER, lane):
                    if letter.get("type") == HELD:
                        yield Key(lane, str(letter["id"])), {**letter, "item": _bared(letter.get("item"), bare)}

    async def _replaced(self, key: Key, wanted: Item) -> bool:
        stored = await self.rows.read(CONTAINER, key)
        if stored is None or stored.item.get("item") == wanted["item"]:
            return False
        # In a conflict it was released or kept anew meanwhile: whoever looks again finds it, or not.
        with suppress(Conflict):
            await self.rows.replace(CONTAINER, key, _written(stored, wanted), etag=stored.etag)
            return True
        return False


def _is_of(customer_id: str, item: object) -> bool:
    """Of an order that cannot be told."""
    match item:
        case {"orderId": str()}:
            return False
        case {"customerId": str(found)}:
            return found == customer_id
        case _:
            return False


def _written(stored: Stored, wanted: Item) -> Item:
    return {**{name: each for name, each in stored.item.items() if not name.startswith("_")}, "item": wanted["item"]}


def _named(item: object, traces: Traces) -> Item:
    kept = item if isinstance(item, Mapping) else {}
    names = {name: each for name, each in kept.items() if name in NAMES and isinstance(each, str | int)}
    said = Traces(frozenset(), traces.texts)
    return {name: each for name, each in names.items() if not said.are_in(each)}


def _bared(item: object, bare: Callable[[str], str]) -> Item:
    kept = item if isinstance(item, Mapping) else {}
    body = kept.get("body")
    return {name: each for name, each in kept.items() if name in NAMES} | (
        {"body": bare(body)} if isinstance(body, str) else {}
    )
