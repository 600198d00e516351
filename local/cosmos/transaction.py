"""Writes to one partition that take effect together, under one log sequence number."""

from collections.abc import Iterator

from local.cosmos import charges, items, rids
from local.cosmos.container import Container
from local.cosmos.items import Document
from local.cosmos.key_ranges import KeyRange
from local.cosmos.records import Record
from local.cosmos.store import Store
from local.cosmos.unique_keys import check_unique

type Key = tuple[bytes, str]


class Transaction:
    """Reads see the staged writes; nothing reaches the store before `close`."""

    __slots__ = ("_doomed", "_find", "_staged", "_store", "container", "key_range", "lsn", "now")

    def __init__(
        self, store: Store, container: Container, key_range: KeyRange, now: int, *, stale: bool = False
    ) -> None:
        self._store = store
        self._find = store.find_previous if stale else store.find
        self._staged: dict[Key, Record | None] = {}
        self._doomed: list[Record] = []
        self.container = container
        self.key_range = key_range
        self.lsn = key_range.lsn + 1
        self.now = now

    def find(self, epk: bytes, name: str) -> Record | None:
        """The living item; an expired one is not there, and goes for good with the next write."""
        if self._staged and (epk, name) in self._staged:
            return self._staged[epk, name]
        record = self._find(self.container.number, epk, name)
        if record is not None and record.expires is not None and record.expires <= self.now:
            self._doomed.append(record)
            return None
        return record

    def write(self, epk: bytes, name: str, document: Document, before: Record | None) -> Record:
        """Stages a new version; an item keeps its rid as long as it lives."""
        container = self.container
        ttl = items.checked_ttl(document["ttl"]) if "ttl" in document else None
        if container.unique_keys:
            check_unique(container.unique_keys, document, self._others(epk, name))
        opened = items.without_system_properties(document)
        charge = charges.create(len(opened), container.indexed_values(document))
        seq = self._store.next_sequence() if before is None else before.seq
        etag = self._store.next_etag()
        body = items.with_system_properties(
            opened, rid=rids.item_rid(container.raw_rid, seq), docs_link=container.docs_link, etag=etag, ts=self.now
        )
        record = Record(
            seq,
            container.number,
            epk,
            name,
            self.key_range.number,
            self.lsn,
            self.now,
            ttl,
            None if container.default_ttl is None else self._expiry(ttl, container.default_ttl),
            charge,
            etag,
            body,
        )
        self._staged[epk, name] = record
        return record

    def erase(self, record: Record) -> None:
        self._staged[record.epk, record.id] = None
        self._doomed.append(record)

    def _others(self, epk: bytes, name: str) -> Iterator[Record]:
        """The living items of the partition but this one, as this transaction sees them."""
        for staged in self._staged.values():
            if staged is not None and (staged.epk, staged.id) != (epk, name):
                yield staged
        for record in self._store.records.partition(self.container.number, epk):
            expired = record.expires is not None and record.expires <= self.now
            if record.id != name and not expired and (epk, record.id) not in self._staged:
                yield record

    def _expiry(self, ttl: int | None, default: int) -> int | None:
        lifetime = default if ttl is None else ttl
        return None if lifetime == -1 else self.now + lifetime

    def close(self) -> None:
        """Hands the staged writes to the store as one transaction of the range's log."""
        if not self._staged:
            return
        for record in self._doomed:
            self._store.erase(record)
        for staged in self._staged.values():
            if staged is not None:
                self._store.put(staged)
        self.key_range.lsn = self.lsn
        self._store.set_lsn(self.container.number, self.key_range.number, self.lsn)
        self.container.changed()
