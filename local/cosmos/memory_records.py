"""Items in dictionaries: what a server without a file uses."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import Final

from local.cosmos.records import Record, expiry

_STALE_ALLOWED: Final = 1024


@dataclass(slots=True)
class _Log:
    """Items in the order of their changes; an entry is stale once its item has a later version."""

    lsns: list[int] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)


class _Shelf:
    """One container's items."""

    def __init__(self) -> None:
        self.partitions: dict[bytes, dict[str, Record]] = {}
        self.by_seq: dict[int, Record] = {}
        self.logs: defaultdict[int, _Log] = defaultdict(_Log)
        self.expiring: list[tuple[int, int]] = []
        self._sorted: list[bytes] | None = None

    def put(self, record: Record) -> None:
        epk, seq, expires = record.epk, record.seq, record.expires
        partition = self.partitions.get(epk)
        if partition is None:
            partition = self.partitions[epk] = {}
            self._sorted = None
        partition[record.id] = self.by_seq[seq] = record
        if expires is not None:
            heappush(self.expiring, (expires, seq))
        log = self.logs[record.range]
        log.lsns.append(record.lsn)
        log.seqs.append(seq)
        if len(log.lsns) > 2 * len(self.by_seq) + _STALE_ALLOWED:
            self.reindex()

    def erase(self, record: Record) -> None:
        if self.by_seq.pop(record.seq, None) is None:
            return
        partition = self.partitions[record.epk]
        del partition[record.id]
        if not partition:
            del self.partitions[record.epk]
            self._sorted = None

    def exchange(self, records: list[Record]) -> None:
        """New versions of items that are here, at the same place in the log."""
        for record in records:
            self.partitions[record.epk][record.id] = self.by_seq[record.seq] = record
        self.reindex()

    def reindex(self) -> None:
        """The order within a transaction stays, because what is sorted is the logs as they are."""
        living = [record for log in self.logs.values() for record in self.living(log)]
        self.logs.clear()
        for record in sorted(living, key=lambda one: one.lsn):
            log = self.logs[record.range]
            log.lsns.append(record.lsn)
            log.seqs.append(record.seq)
        self.expiring = sorted((one.expires, one.seq) for one in self.by_seq.values() if one.expires is not None)

    def living(self, log: _Log, after: int = 0) -> Iterator[Record]:
        for place in range(bisect_right(log.lsns, after), len(log.lsns)):
            record = self.by_seq.get(log.seqs[place])
            if record is not None and record.lsn == log.lsns[place]:
                yield record

    def sorted_partitions(self) -> list[bytes]:
        """Sorted anew only when there are other partitions than last time."""
        if self._sorted is None:
            self._sorted = sorted(self.partitions)
        return self._sorted

    def copy(self) -> "_Shelf":
        """Records never change, so only what holds them is copied."""
        twin = _Shelf()
        twin.partitions = {epk: dict(partition) for epk, partition in self.partitions.items()}
        twin.by_seq = dict(self.by_seq)
        twin.logs.update({number: _Log(list(log.lsns), list(log.seqs)) for number, log in self.logs.items()})
        twin.expiring = list(self.expiring)
        return twin


class MemoryRecords:
    """Everything at hand, nothing kept."""

    def __init__(self) -> None:
        self._shelves: defaultdict[int, _Shelf] = defaultdict(_Shelf)
        self._snapshots: dict[str, dict[int, _Shelf]] = {}

    def get(self, container: int, epk: bytes, name: str) -> Record | None:
        partition = self._shelves[container].partitions.get(epk)
        return None if partition is None else partition.get(name)

    def numbered(self, container: int, seq: int) -> Record | None:
        return self._shelves[container].by_seq.get(seq)

    def put(self, record: Record) -> None:
        self._shelves[record.container].put(record)

    def erase(self, record: Record) -> None:
        self._shelves[record.container].erase(record)

    def partition(self, container: int, epk: bytes, after: int = 0) -> Iterator[Record]:
        for record in list(self._shelves[container].partitions.get(epk, {}).values()):
            if record.seq > after:
                yield record

    def span(self, container: int, low: bytes, high: bytes, after: tuple[bytes, str] = (b"", "")) -> Iterator[Record]:
        shelf = self._shelves[container]
        ordered = shelf.sorted_partitions()
        for place in range(bisect_left(ordered, max(low, after[0])), len(ordered)):
            epk = ordered[place]
            if epk >= high:
                return
            for name in sorted(shelf.partitions[epk]):
                if (epk, name) > after:
                    yield shelf.partitions[epk][name]

    def changes(self, container: int, key_range: int, after: int) -> Iterator[Record]:
        shelf = self._shelves[container]
        return (record for record in shelf.living(shelf.logs[key_range], after) if record.range == key_range)

    def expired(self, container: int, now: int, limit: int) -> list[Record]:
        shelf = self._shelves[container]
        found: list[Record] = []
        while shelf.expiring and shelf.expiring[0][0] <= now and len(found) < limit:
            expires, seq = heappop(shelf.expiring)
            record = self.numbered(container, seq)
            if record is not None and record.expires == expires:
                found.append(record)
        return found

    def set_expiry(self, container: int, default: int | None) -> None:
        shelf = self._shelves[container]
        shelf.exchange([replace(one, expires=expiry(one, default)) for one in shelf.by_seq.values()])

    def move(self, container: int, low: bytes, high: bytes, key_range: int) -> None:
        shelf = self._shelves[container]
        shelf.exchange([replace(one, range=key_range) for one in shelf.by_seq.values() if low <= one.epk < high])

    def drop(self, container: int) -> None:
        self._shelves.pop(container, None)

    def flush(self) -> None:
        """There is nothing behind memory."""

    def snapshot(self, name: str) -> None:
        self._snapshots[name] = {number: shelf.copy() for number, shelf in self._shelves.items()}

    def restore(self, name: str) -> None:
        self._shelves.clear()
        self._shelves.update({number: shelf.copy() for number, shelf in self._snapshots[name].items()})
