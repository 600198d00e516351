"""Finds the key that takes the process down: it is written down before it is touched, and crossed out after.

A dead process tells nobody why. But what it had written down is still there when the batch comes again: first which
batch it was, so that the next process goes through it key by key, then which key.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from shared.kernel import Conflict, Failure, Key
from shared.pipeline.lanes import CONTAINER, lane
from shared.ports import Item, RowStore

# The first batches of a process are those the last one may have died of: each range begins with its own.
YOUNG_BATCHES: Final = 32
YOUNG_SECONDS: Final = 300.0
# From this attempt on a batch goes key by key, whoever failed it.
CAREFUL_FROM_ATTEMPT: Final = 4
# Seen left behind this often, a key is taken for the cause; once may be a worker that is only slow.
LEFT_BEHIND: Final = 2
_DAY: Final = 24 * 3600


@dataclass(slots=True)
class Suspects:
    """One per process. `seconds` is a monotonic clock."""

    store: RowStore
    seconds: Callable[[], float]
    _born: float = field(init=False)
    _batches: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._born = self.seconds()

    @asynccontextmanager
    async def watching(self, consumer: str, items: Sequence[Item], *, attempt: int) -> AsyncIterator[bool]:
        """Yields whether this batch has to go key by key. `attempt` counts from 1."""
        if attempt >= CAREFUL_FROM_ATTEMPT:
            yield True
            return
        if not self._is_young(consumer):
            yield False
            return
        place = Key(f"{consumer}:batch:{_name(items)}", "batch")
        try:
            etag = await self.store.create(CONTAINER, place, _mark(place, type="Attempt"))
        except Conflict:
            found = await self.store.read(CONTAINER, place)
            yield True
            if found is None:
                return
            etag = found.etag
        else:
            try:
                yield False
            except Exception:
                # Whoever can still say what went wrong has not died of it.
                await self._cross_out(place, etag)
                raise
        await self._cross_out(place, etag)

    async def is_guilty(self, consumer: str, key: Key) -> bool:
        """Whether this key was left behind so often that it is not to be touched again; counts this time in."""
        place = _place(consumer, key)
        found = await self.store.read(CONTAINER, place)
        times = int(str(found.item["times"])) if found else 0
        if times >= LEFT_BEHIND:
            return True
        item = _mark(place, type="Suspect") | {"times": times + 1}
        # In a conflict another worker is at the same key, and what it wrote down does for both.
        with suppress(Conflict):
            if found:
                await self.store.replace(CONTAINER, place, item, etag=found.etag)
            else:
                await self.store.create(CONTAINER, place, item)
        return False

    async def survived(self, consumer: str, key: Key) -> None:
        place = _place(consumer, key)
        if found := await self.store.read(CONTAINER, place):
            await self._cross_out(place, found.etag)

    async def _cross_out(self, place: Key, etag: str) -> None:
        try:
            await self.store.delete(CONTAINER, place, etag=etag)
        except Failure:
            # Another worker has the same batch, or the store is away: what is left expires within a day.
            return

    def _is_young(self, consumer: str) -> bool:
        self._batches[consumer] = self._batches.get(consumer, 0) + 1
        return self._batches[consumer] <= YOUNG_BATCHES and self.seconds() - self._born < YOUNG_SECONDS


def _place(consumer: str, key: Key) -> Key:
    return Key(lane(consumer, key), "suspect")


def _mark(place: Key, *, type: str) -> dict[str, object]:  # noqa: A002 - the item's own word
    return {"id": place.id, "lane": place.partition, "type": type, "schemaVersion": 1, "ttl": _DAY}


def _name(items: Sequence[Item]) -> str:
    """The same for the same place in the feed, however many events follow by now."""
    first = items[0] if items else {}
    return hashlib.sha256(f"{first.get('_rid')} {first.get('orderId')} {first.get('id')}".encode()).hexdigest()[:32]
