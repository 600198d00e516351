"""Takes the content out of what is parked of some orders, and leaves what its lane needs: whose it is, and its place.

A lane keeps no content of events, which are read again from their stream. What it does keep whole are messages of a
hub, items that nobody could read, and the originals of what an operator has changed; those of events lie beside them.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from shared.kernel import Conflict, Key
from shared.kernel.traces import Traces
from shared.pipeline.deeds import KIND as DEED
from shared.pipeline.held import KIND as HELD
from shared.pipeline.lanes import CONTAINER
from shared.ports import Item, RowStore, Stored, Sweep

ORDERS: Final = "orders"
# What names a change or a message and says nothing else of it.
NAMES: Final = frozenset({"id", "orderId", "sequence", "partition", "enqueuedAt", "_rid", "_self"})


@dataclass(frozen=True, slots=True)
class Parked:
    """`bare` leaves of a message's text, by consumer, only what its consumer reads."""

    sweep: Sweep
    rows: RowStore
    bare: Mapping[str, Callable[[str], str]]

    async def erase(self, customer_id: str, traces: Traces) -> int:
        """How many records have lost their content. Those that lost it before are left alone."""
        lanes = [await self._replaced(CONTAINER, *each) async for each in self._kept(customer_id, traces)]
        deeds = [await self._replaced(ORDERS, *each) async for each in self._mended(traces)]
        return sum(lanes) + sum(deeds)

    async def _mended(self, traces: Traces) -> AsyncIterator[tuple[Key, Item]]:
        """The originals of events of theirs."""
        async for item in self.sweep.everything(ORDERS):
            if item.get("type") == DEED and traces.are_in([item.get("before"), item.get("after")]):
                yield Key(str(item["orderId"]), str(item["id"])), {**item, **_without_values(item, traces)}

    async def _kept(self, customer_id: str, traces: Traces) -> AsyncIterator[tuple[Key, Item]]:
        """Every record of theirs, as it ought to be."""
        async for item in self.sweep.everything(CONTAINER):
            lane, inner = str(item["lane"]), item.get("item")
            bare = self.bare.get(lane.partition(":")[0])
            is_theirs = traces.are_in([inner, item.get("before"), item.get("after")]) or _is_of(customer_id, inner)
            if not is_theirs:
                continue
            match item.get("type"):
                case kind if kind == DEED:
                    yield Key(lane, str(item["id"])), {**item, **_without_values(item, traces)}
                case kind if kind == HELD and bare:
                    yield Key(lane, str(item["id"])), {**item, "item": _bared(inner, bare)}
                case _:
                    yield Key(lane, str(item["id"])), {**item, "item": named(inner, traces)}

    async def _replaced(self, container: str, key: Key, wanted: Item) -> bool:
        stored = await self.rows.read(container, key)
        if stored is None or _said(stored.item) == _said(wanted):
            return False
        # In a conflict it was released or kept anew meanwhile: whoever looks again finds it, or not.
        with suppress(Conflict):
            await self.rows.replace(container, key, _written(stored, wanted), etag=stored.etag)
            return True
        return False


def _said(item: Item) -> list[object]:
    return [item.get(name) for name in ("item", "before", "after")]


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
    news = {name: wanted[name] for name in ("item", "before", "after") if name in wanted}
    return {name: each for name, each in stored.item.items() if not name.startswith("_")} | news


def named(item: object, traces: Traces) -> Item:
    """What is left when only names are."""
    kept = item if isinstance(item, Mapping) else {}
    names = {name: each for name, each in kept.items() if name in NAMES and isinstance(each, str | int)}
    said = Traces(frozenset(), traces.texts)
    return {name: each for name, each in names.items() if not said.are_in(each)}


def _without_values(deed: Item, traces: Traces) -> Item:
    """What was done, without what was there before and after."""
    before, after = deed.get("before"), deed.get("after")
    original = named(before.get("item"), traces) if isinstance(before, Mapping) else {}
    outcome = after.get("outcome") if isinstance(after, Mapping) else None
    return {"before": {"item": original}, "after": {"outcome": outcome}}


def _bared(item: object, bare: Callable[[str], str]) -> Item:
    kept = item if isinstance(item, Mapping) else {}
    body = kept.get("body")
    return {name: each for name, each in kept.items() if name in NAMES} | (
        {"body": bare(body)} if isinstance(body, str) else {}
    )
