"""Writes to one partition that take effect together, under one log sequence number."""

import orjson

from local.cosmos import charges, items, rids
from local.cosmos.container import Container
from local.cosmos.errors import conflict
from local.cosmos.items import Document
from local.cosmos.key_ranges import KeyRange
from local.cosmos.records import Record
from local.cosmos.store import Store
from local.cosmos.unique_keys import Values, values_of

type Key = tuple[bytes, str]


class Transaction:
    """Reads see the staged writes; nothing reaches the store before `close`."""

    __slots__ = ("_claimed", "_doomed", "_find", "_staged", "_store", "container", "key_range", "lsn", "now")

    def __init__(
        self, store: Store, container: Container, key_range: KeyRange, now: int, *, stale: bool = False
    ) -> None:
        self._store = store
        self._find = store.find_previous if stale else store.find
        self._staged: dict[Key, Record | None] = {}
        self._doomed: list[Record] = []
        self._claimed: dict[Key, Values] = {}
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
            self._claim(epk, name, document)
        opened = items.without_system_properties(document)
        charge = charges.create(len(opened), container.indexed_values(document, opened))
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

    def _claim(self, epk: bytes, name: str, document: Document) -> None:
        """Raises CosmosError 409 when another living item, as this transaction sees it, has the same values."""
        container = self.container
        values = values_of(container.unique_keys, document)
        for key, value in enumerate(values):
            for other in self._holders(epk, key, value):
                record = None if other == name else self.find(epk, other)
                if record is not None and values_of(container.unique_keys, orjson.loads(record.body))[key] == value:
                    raise conflict("Unique index constraint violation.")
        self._claimed[epk, name] = values

    def _holders(self, epk: bytes, key: int, value: bytes) -> set[str]:
        """By name, who has the value in the store or staged it here; some may be gone or have another by now."""
        staged = {name for (owner, name), values in self._claimed.items() if owner == epk and values[key] == value}
        return staged | set(self._store.unique.holders(self.container.number, epk, key, value))

    def _expiry(self, ttl: int | None, default: int) -> int | None:
        lifetime = default if ttl is None else ttl
        return None if lifetime == -1 else self.now + lifetime

    def close(self) -> None:
        """Hands the staged writes to the store as one transaction of the range's log."""
        if not self._staged:
            return
        for record in self._doomed:
            self._store.erase(record)
        if self.container.unique_keys:
            self._keep_claims()
        for staged in self._staged.values():
            if staged is not None:
                self._store.put(staged)
        self.key_range.lsn = self.lsn
        self._store.set_lsn(self.container.number, self.key_range.number, self.lsn)
        self.container.changed()

    def _keep_claims(self) -> None:
        number, unique = self.container.number, self._store.unique
        for record in self._doomed:
            unique.forget(number, record.epk, record.id)
        for (epk, name), values in self._claimed.items():
            if self._staged.get((epk, name)) is not None:
                unique.keep(number, epk, name, values)
