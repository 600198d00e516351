"""Finds the key that takes the process down: it is written down before it is touched, and crossed out after.

A dead process tells nobody why. But what it had written down is still there when the batch comes again: first which
batch it was, so that the next process goes through it key by key, then which key. What this process wrote itself and
lived to see again is no evidence, unless it had to let go of it when the time was over.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from shared.kernel import Conflict, Failure, Key, Shards
from shared.pipeline.lanes import CONTAINER, lane
from shared.ports import Item, RowStore, Stored

# The first batch of a part of the feed is the one its last reader may have died of. Parts as fine as ranges get.
PARTS: Final = Shards(64)
# A lease changes hands no sooner than it expires, so a part that was quiet for less was not somebody else's.
QUIET_SECONDS: Final = 30.0
# From this attempt on a batch is written down whatever part it is of.
WATCHED_FROM_ATTEMPT: Final = 4
# Left behind this often, a key is taken for the cause; once may be a worker that is only slow.
LEFT_BEHIND: Final = 2
# A key that alone took this share of the batch's time is what the batch was waiting for.
LONG: Final = 0.5
_DAY: Final = 24 * 3600


@dataclass(slots=True)
class Suspects:
    """One per process. `seconds` is a monotonic clock; `max_seconds` is how long a batch may take."""

    store: RowStore
    seconds: Callable[[], float]
    max_seconds: float
    process: str = field(default_factory=lambda: uuid4().hex)
    _finished: dict[tuple[str, str], float] = field(default_factory=dict)
    _let_go: set[Key] = field(default_factory=set)

    @asynccontextmanager
    async def watching(self, consumer: str, items: Sequence[Item], *, attempt: int) -> AsyncIterator[bool]:
        """Yields whether this batch has to go key by key. `attempt` counts from 1."""
        part = (consumer, _part(items[0]) if items else "")
        if attempt < WATCHED_FROM_ATTEMPT and not self.is_new_to(part):
            yield False
        else:
            place = Key(f"{consumer}:batch:{_name(items)}", "batch")
            found, is_evidence = await self._written(place)
            blamed = len(self._let_go)
            try:
                yield is_evidence
            except asyncio.CancelledError:
                # Time is over. Going key by key has named nobody: then it is the store that is slow, not a key.
                if is_evidence and len(self._let_go) == blamed:
                    await self._cross_out(place, found.etag)
                else:
                    self._let_go.add(place)
                raise
            except Exception:
                # Whoever can still say what went wrong has not died of it.
                await self._cross_out(place, found.etag)
                raise
            await self._cross_out(place, found.etag)
        self._finished[part] = self.seconds()

    def is_new_to(self, part: tuple[str, str]) -> bool:
        finished = self._finished.get(part)
        return finished is None or self.seconds() - finished > QUIET_SECONDS

    async def is_guilty(self, consumer: str, key: Key) -> bool:
        """Whether this key was left behind so often that it is not to be touched again; writes it down if not."""
        place = Key(lane(consumer, key), "suspect")
        found = await self.store.read(CONTAINER, place)
        times = int(str(found.item["times"])) if found else 0
        if found and self._is_own(place, found):
            return False
        if times >= LEFT_BEHIND:
            return True
        item = self._mark(place, type="Suspect") | {"times": times + 1}
        # In a conflict another worker is at the same key, and what it wrote down does for both.
        with suppress(Conflict):
            if found:
                await self.store.replace(CONTAINER, place, item, etag=found.etag)
            else:
                await self.store.create(CONTAINER, place, item)
        self._let_go.discard(place)
        return False

    @contextmanager
    def timing(self, consumer: str, key: Key) -> Iterator[None]:
        """Remembers the key if the batch's time ended in it and it had taken much of that time."""
        begun = self.seconds()
        try:
            yield
        except asyncio.CancelledError:
            if self.seconds() - begun >= LONG * self.max_seconds:
                self._let_go.add(Key(lane(consumer, key), "suspect"))
            raise

    async def survived(self, consumer: str, key: Key) -> None:
        place = Key(lane(consumer, key), "suspect")
        if found := await self.store.read(CONTAINER, place):
            await self._cross_out(place, found.etag)

    async def _written(self, place: Key) -> tuple[Stored, bool]:
        """The mark that now stands for this batch, and whether somebody left it behind."""
        item = self._mark(place, type="Attempt")
        try:
            return Stored(item, await self.store.create(CONTAINER, place, item)), False
        except Conflict:
            found = await self.store.read(CONTAINER, place)
        if found is None:
            # Crossed out by now: whoever wrote it is alive.
            return Stored(item, ""), False
        return found, not self._is_own(place, found)

    def _is_own(self, place: Key, found: Stored) -> bool:
        return found.item.get("process") == self.process and place not in self._let_go

    async def _cross_out(self, place: Key, etag: str) -> None:
        # What stays because another worker has it, or because the store is away, expires within a day.
        if etag:
            with suppress(Failure):
                await self.store.delete(CONTAINER, place, etag=etag)
        self._let_go.discard(place)

    def _mark(self, place: Key, *, type: str) -> dict[str, object]:  # noqa: A002 - the item's own word
        stamp: dict[str, object] = {"type": type, "schemaVersion": 1, "ttl": _DAY, "process": self.process}
        return {"id": place.id, "lane": place.partition} | stamp


def _part(item: Item) -> str:
    """What one host at a time reads: a partition of a hub, or as good as a range of the feed."""
    return str(item["partition"]) if "partition" in item else PARTS.bucket(str(item.get("orderId")))


def _name(items: Sequence[Item]) -> str:
    """The same for the same place in the feed, however many events follow by now."""
    first = items[0] if items else {}
    return hashlib.sha256(f"{first.get('_rid')} {first.get('orderId')} {first.get('id')}".encode()).hexdigest()[:32]
