"""Everything that outlives a request: the catalogue in one SQLite database, the items beside it or in it.

With a file, what was written before `commit` survives a killed process; the caller answers only afterwards.
"""

import secrets
import sqlite3
from pathlib import Path
from typing import Final

from local.cosmos.errors import not_found
from local.cosmos.file_records import SCHEMA as ITEMS
from local.cosmos.file_records import FileRecords
from local.cosmos.memory_records import MemoryRecords
from local.cosmos.records import Record, Records
from local.cosmos.unique_keys import SCHEMA as UNIQUE
from local.cosmos.unique_keys import UniqueValues

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS resources (kind TEXT NOT NULL, number INTEGER NOT NULL, owner INTEGER NOT NULL,
    content TEXT NOT NULL, PRIMARY KEY (kind, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ranges (container INTEGER NOT NULL, number INTEGER NOT NULL, lsn INTEGER NOT NULL,
    PRIMARY KEY (container, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
# Raise it with every change of what a file holds.
_FORMAT: Final = 2
_BLOCK: Final = 10_000
_RANDOM_START: Final = ("database", "container")
_RANDOM_BITS: Final = 30
_LSN: Final = "INSERT INTO ranges VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET lsn = excluded.lsn"

type Key = tuple[int, bytes, str]


class Store:
    """Statements since the last `commit` are one SQLite transaction."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._durable = path is not None
        self._open = False
        self._check_format(path)
        # The lock is exclusive because LSNs are counted in memory: a second server on the file must not start.
        self._connection.executescript(
            f"PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode={'WAL' if path else 'OFF'};"
            f"PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
            f"{ITEMS} {UNIQUE} {_SCHEMA} PRAGMA user_version={_FORMAT};"
        )
        self.records: Records = FileRecords(self._connection, self._begin) if path else MemoryRecords()
        self.find = self.records.get
        self.put = self.records.put
        self.unique = UniqueValues(self._connection, self._begin)
        self._lsns: dict[tuple[int, int], int] = {}
        self._previous: dict[Key, Record | None] | None = None
        self._snapshots: dict[str, sqlite3.Connection] = {}
        self._sequence = self._limit = self._counter("sequence")
        self._era, self._etags = f'"{secrets.token_hex(4)}-0000-0700-0000-'.encode(), 0
        self._begin_numbering()

    def _check_format(self, path: Path | None) -> None:
        """Raises ValueError for a file that another version of this server has written: it keeps no old forms."""
        (tables,) = self._connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if tables and version != _FORMAT:
            self._connection.close()
            raise ValueError(f"{path} was written by another version of this server; move it away to begin anew")

    def _begin_numbering(self) -> None:
        """At random, so that no client takes a new server's containers for those of another on the same port."""
        for kind in _RANDOM_START:
            if not self._counter(kind):
                self._set_counter(kind, secrets.randbits(_RANDOM_BITS))
        self.commit()

    @property
    def dirty(self) -> bool:
        """Whether there is something to commit; never without a file."""
        return self._durable and (self._open or bool(self._lsns))

    def _put_over(self, record: Record) -> None:
        key = (record.container, record.epk, record.id)
        if self._previous is not None:
            self._previous[key] = self.find(*key)
        self.records.put(record)

    def erase(self, record: Record) -> None:
        if self._previous is not None:
            self._previous[record.container, record.epk, record.id] = record
        self.records.erase(record)

    def purge(self, container: int, now: int, limit: int) -> None:
        """Removes expired items, which no reader sees any more."""
        for record in self.records.expired(container, now, limit):
            self.records.erase(record)
            self.unique.forget(container, record.epk, record.id)
        self.records.flush()

    def find_previous(self, container: int, epk: bytes, name: str) -> Record | None:
        """The version before the last one, where it was kept; else the last."""
        key = (container, epk, name)
        if self._previous is not None and key in self._previous:
            return self._previous[key]
        return self.find(*key)

    def erased(self, container: int) -> list[Record]:
        """The last versions, where they were kept, of items that are gone."""
        kept = (self._previous or {}).items()
        return [last for key, last in kept if last is not None and key[0] == container and self.find(*key) is None]

    def remember_previous(self, *, on: bool) -> None:
        """Keeps the version each write replaces; costs memory, so it is off unless stale reads are asked for."""
        self._previous = {} if on else None
        self.put = self._put_over if on else self.records.put

    @property
    def remembers(self) -> bool:
        return self._previous is not None

    def set_lsn(self, container: int, key_range: int, lsn: int) -> None:
        self._lsns[container, key_range] = lsn

    def lsns(self, container: int) -> dict[int, int]:
        self._flush()
        return dict(self._connection.execute("SELECT number, lsn FROM ranges WHERE container = ?", (container,)))

    def next_sequence(self) -> int:
        """Never the same again, also after a restart: numbers are reserved in blocks."""
        self._sequence += 1
        if self._sequence > self._limit:
            self._limit = self._sequence + _BLOCK
            self._set_counter("sequence", self._limit)
        return self._sequence

    def next_etag(self) -> bytes:
        """Quoted, as the header and the property show it; unique across restarts."""
        self._etags += 1
        return b'%b%012x"' % (self._era, self._etags)

    def next_number(self, kind: str) -> int:
        number = self._counter(kind) + 1
        self._set_counter(kind, number)
        return number

    def keep(self, kind: str, number: int, owner: int, content: str) -> None:
        """Stores a database, container or offer."""
        self._begin()
        self._connection.execute("INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?)", (kind, number, owner, content))

    def forget(self, kind: str, number: int) -> None:
        self._begin()
        self._connection.execute("DELETE FROM resources WHERE kind = ? AND number = ?", (kind, number))

    def resources(self, kind: str) -> list[tuple[int, int, str]]:
        """(number, owner, content) in the order of creation."""
        statement = "SELECT number, owner, content FROM resources WHERE kind = ? ORDER BY number"
        return self._connection.execute(statement, (kind,)).fetchall()

    def drop_container(self, number: int) -> None:
        self._flush()
        self._begin()
        self.records.drop(number)
        self.unique.drop(number)
        self._connection.execute("DELETE FROM ranges WHERE container = ?", (number,))
        self.forget("container", number)

    def commit(self) -> None:
        self._flush()
        if self._open:
            self._connection.execute("COMMIT")
            self._open = False

    def snapshot(self, name: str) -> None:
        self.commit()
        copy = self._snapshots[name] = sqlite3.connect(":memory:")
        self._connection.backup(copy)
        self.records.snapshot(name)

    def restore(self, name: str) -> None:
        """Sequence numbers go on, so nothing made since the snapshot is ever confused with something new."""
        copy = self._snapshots.get(name)
        if copy is None:
            raise not_found(f"There is no snapshot {name!r}.")
        self.commit()
        copy.backup(self._connection)
        self.records.restore(name)
        self._limit = self._sequence

    def close(self) -> None:
        self.commit()
        for copy in self._snapshots.values():
            copy.close()
        self._connection.close()

    def _flush(self) -> None:
        self.records.flush()
        if self._lsns:
            self._begin()
            self._connection.executemany(_LSN, [(*key, lsn) for key, lsn in self._lsns.items()])
            self._lsns.clear()

    def _begin(self) -> None:
        if not self._open:
            self._open = True
            self._connection.execute("BEGIN")

    def _counter(self, name: str) -> int:
        row = self._connection.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def _set_counter(self, name: str, value: int) -> None:
        self._begin()
        self._connection.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (name, value))
