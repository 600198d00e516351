"""Hard-deletes the events of streams that have ended, but never the tombstone, which closes the stream's id for ever.

The tombstone takes the first event's place, so that nobody can open the stream again: opening creates that very item.
It comes by in the feed once more and is dropped by every mark.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.kernel import Conflict, Failure, Transient, Unknown
from shared.pipeline.codec import event_id
from shared.pipeline.deeds import KIND as DEED
from shared.pipeline.sagas import Sagas
from shared.pipeline.transact import Decision, Transactor
from shared.ports import Item, LaneCatalogue, Partitions, Purges, Sweep

ORDERS: Final = "orders"
# A transactional batch holds 100 operations.
MOST: Final = 100
_FIRST: Final = event_id(1)


@dataclass(frozen=True, slots=True)
class Purged:
    """One stream; `kept` says why it is still there as it was."""

    stream: str
    items: int
    kept: str = ""

    def as_row(self) -> dict[str, object]:
        outcome = "kept" if self.kept else "purged"
        return {"order": self.stream, "outcome": outcome, "items": self.items, "why": self.kept}


@dataclass(frozen=True, slots=True)
class Purge:
    """`tombstone` is the type of the event that ends a stream; `behind` says who has not read all there is."""

    sweep: Sweep
    partitions: Partitions
    streams: Transactor[Any, Any, Any]
    sagas: Sagas
    catalogue: LaneCatalogue
    store: Purges
    tombstone: type
    behind: Callable[[], Awaitable[Sequence[str]]]

    async def run(self, *, only_look: bool = False) -> list[Purged]:
        """Every stream that has ended and is still whole. Reads every event there is.

        Raises Transient, before anything is deleted, when a consumer may not have seen a tombstone.
        """
        ended = await self._ended()
        if behind := await self.behind():
            raise Transient(f"{', '.join(behind)} may not have seen every tombstone; nothing was purged")
        parked = await self._parked()
        return [await self._purged(stream, is_parked=stream in parked, only_look=only_look) for stream in ended]

    async def _ended(self) -> list[str]:
        found = dict[str, None]()
        async for item in self.sweep.everything(ORDERS):
            if item.get("type") == self.tombstone.__name__ and item.get("id") != _FIRST:
                found[str(item["orderId"])] = None
        return list(found)

    async def _parked(self) -> set[str]:
        found = set[str]()
        for head in await self.catalogue.parked():
            raw = head.get("item")
            found |= {str(head.get("stream")), str(raw.get("orderId")) if isinstance(raw, dict) else ""}
        return found

    async def _purged(self, stream: str, *, is_parked: bool, only_look: bool) -> Purged:
        items = [item async for item in self.partitions.items(ORDERS, stream)]
        if kept := "a lane holds it" if is_parked else await self._needed(stream, len(items)):
            return Purged(stream, len(items), kept)
        left = _left(items, self.tombstone.__name__)
        gone = [str(item["id"]) for item in items if item["id"] != _FIRST and item.get("type") != DEED]
        if not only_look:
            try:
                await self.store.purge(stream, left, gone)
            except (Conflict, Unknown) as trouble:
                return Purged(stream, len(items), f"look again: {trouble}")
        return Purged(stream, len(gone))

    async def _needed(self, stream: str, items: int) -> str:
        """Why the stream has to stay; empty when nobody will ask for it again."""
        if items > MOST:
            return f"over {MOST} items do not go at once"
        try:
            found = await self.streams.load(stream)
            return await self._owed(stream, found)
        except Failure as failure:
            return str(failure)

    async def _owed(self, stream: str, found: Decision[Any, Any]) -> str:
        saga = await self.sagas.find(stream)
        if saga is None:
            return ""
        has_ended = self.sagas.definition(saga).has_ended(saga.progress, found.state)
        return "" if has_ended and saga.progress.mark == found.sequence and not saga.due_at else "its saga goes on"


def _left(items: Sequence[Item], tombstone: str) -> Item:
    """The tombstone, with its own sequence, in the first place."""
    (found,) = [item for item in items if item.get("type") == tombstone]
    return {name: each for name, each in found.items() if not name.startswith("_")} | {"id": _FIRST}
