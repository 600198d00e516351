"""Totals and ledgers: what each order has added to a bucket, beside the sum of it, changed in one transactional batch.

The ledger is what makes twice once: an order adds the difference to what its ledger item says it has added already.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.kernel import Conflict, Failure, Transient, Unknown
from shared.kernel.tally import Amounts, minus, total
from shared.pipeline.codec import SCHEMA_VERSION
from shared.ports import BucketStore, Item, Stored, Write

AGAIN: Final = 8
TOTAL: Final = "total"
# One batch holds 100 operations; one of them is the total.
MOST_ORDERS: Final = 99
REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What an order amounts to in one bucket once everything up to `mark` is in.

    `is_new` is a guess that nothing of this order was counted before; a wrong one costs a second round and no more.
    """

    stream: str
    mark: int
    amounts: Amounts
    is_new: bool = False


@dataclass(slots=True)
class Buckets:
    """One per consumer and worker. Orders that meet in a bucket share its next batch, so none waits for another's."""

    container: str
    store: BucketStore
    _waiting: dict[str, list[tuple[Entry, asyncio.Future[None]]]] = field(default_factory=dict)
    _totals: dict[str, Stored] = field(default_factory=dict)

    async def add(self, partition: str, entry: Entry) -> None:
        """Returns once the entry is counted, or was before. Raises Failure, after which nothing of it is half done."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        leads = partition not in self._waiting
        self._waiting.setdefault(partition, []).append((entry, done))
        if leads:
            await self._lead(partition)
        await done

    async def _lead(self, partition: str) -> None:
        """Whoever comes first writes for all who come meanwhile."""
        try:
            while taken := self._waiting[partition][:MOST_ORDERS]:
                del self._waiting[partition][: len(taken)]
                await self._settle(partition, taken)
        finally:
            for _, left in self._waiting.pop(partition):
                _fail(left, Transient(f"{self.container} {partition}: who wrote for all had to stop"))

    async def _settle(self, partition: str, taken: Sequence[tuple[Entry, asyncio.Future[None]]]) -> None:
        try:
            # An order that came twice at once counts as it came last.
            latest = sorted((entry for entry, _ in taken), key=lambda entry: entry.mark)
            await self._commit(partition, {entry.stream: entry for entry in latest})
        except Failure as failure:
            for _, done in taken:
                _fail(done, failure)
        except BaseException:
            for _, done in taken:
                _fail(done, Transient(f"{self.container} {partition}: who wrote for all had to stop"))
            raise
        for _, done in taken:
            if not done.done():
                done.set_result(None)

    async def _commit(self, partition: str, entries: Mapping[str, Entry]) -> None:
        guess = self._totals.get(partition) if all(entry.is_new for entry in entries.values()) else None
        for _ in range(AGAIN):
            try:
                stored = {TOTAL: guess} if guess else await self._read(partition, entries)
                await self._write(partition, entries, stored)
            except (Conflict, Unknown):
                guess = None
                continue
            return
        raise Transient(f"{self.container} {partition}: the total changed {AGAIN} times under our hands")

    async def _read(self, partition: str, entries: Mapping[str, Entry]) -> Mapping[str, Stored]:
        return await self.store.read(self.container, partition, [TOTAL, *entries])

    async def _write(self, partition: str, entries: Mapping[str, Entry], stored: Mapping[str, Stored]) -> None:
        news = [entry for entry in entries.values() if _mark(stored.get(entry.stream)) < entry.mark]
        if not news:
            return
        changes = [minus(entry.amounts, amounts_of(stored.get(entry.stream))) for entry in news]
        summed = _item(partition, TOTAL, "Total", total([amounts_of(stored.get(TOTAL)), *changes]))
        ledgers = [
            Write(
                _item(partition, entry.stream, "Ledger", entry.amounts) | {"mark": entry.mark},
                _etag(stored.get(entry.stream)),
            )
            for entry in news
        ]
        etags = await self.store.commit(self.container, partition, [Write(summed, _etag(stored.get(TOTAL))), *ledgers])
        self._remember(partition, Stored(summed, etags[0]))

    def _remember(self, partition: str, stored: Stored) -> None:
        """So that the next order that was never counted needs no read; somebody else's write shows by the etag."""
        self._totals.pop(partition, None)
        self._totals[partition] = stored
        if len(self._totals) > REMEMBERED:
            del self._totals[next(iter(self._totals))]


@dataclass(slots=True)
class Ledgers:
    """The buckets of every tally, one set per worker."""

    store: BucketStore
    _of: dict[str, Buckets] = field(default_factory=dict)

    def of(self, container: str) -> Buckets:
        return self._of.setdefault(container, Buckets(container, self.store))


def amounts_of(stored: Stored | None) -> dict[str, int]:
    """Of a total or a ledger item; nothing when there is none."""
    amounts = stored.item.get("amounts") if stored else None
    return {str(name): int(value) for name, value in amounts.items()} if isinstance(amounts, dict) else {}


def _mark(stored: Stored | None) -> int:
    return int(str(stored.item["mark"])) if stored else 0


def _etag(stored: Stored | None) -> str | None:
    return stored.etag if stored else None


def _item(partition: str, name: str, kind: str, amounts: Amounts) -> dict[str, object]:
    stamp: Item = {"id": name, "bucket": partition, "type": kind, "schemaVersion": SCHEMA_VERSION}
    return {**stamp, "amounts": dict(amounts)}


def _fail(done: asyncio.Future[None], failure: Failure) -> None:
    if not done.done():
        done.set_exception(failure)
        # Whoever waited for it may be gone by now; a failure that nobody hears is not an error of its own.
        done.exception()
