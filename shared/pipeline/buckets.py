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


@dataclass(frozen=True, slots=True)
class Entry:
    """What an order amounts to in one bucket once everything up to `mark` is in."""

    stream: str
    mark: int
    amounts: Amounts


@dataclass(slots=True)
class Buckets:
    """One per consumer and worker. Orders that meet in a bucket share its next batch, so none waits for another's."""

    container: str
    store: BucketStore
    _waiting: dict[str, list[tuple[Entry, asyncio.Future[None]]]] = field(default_factory=dict)

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
            await self._commit(partition, {entry.stream: entry for entry, _ in taken})
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
        for _ in range(AGAIN):
            try:
                await self._once(partition, entries)
            except (Conflict, Unknown):
                continue
            return
        raise Transient(f"{self.container} {partition}: the total changed {AGAIN} times under our hands")

    async def _once(self, partition: str, entries: Mapping[str, Entry]) -> None:
        stored = await self.store.read(self.container, partition, [TOTAL, *entries])
        news = [entry for entry in entries.values() if _mark(stored.get(entry.stream)) < entry.mark]
        changes = [minus(entry.amounts, amounts_of(stored.get(entry.stream))) for entry in news]
        if not news:
            return
        summed = total([amounts_of(stored.get(TOTAL)), *changes])
        writes = [
            Write(_item(partition, TOTAL, "Total", summed), _etag(stored.get(TOTAL))),
            *(
                Write(
                    _item(partition, entry.stream, "Ledger", entry.amounts) | {"mark": entry.mark},
                    _etag(stored.get(entry.stream)),
                )
                for entry in news
            ),
        ]
        await self.store.commit(self.container, partition, writes)


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
