"""Items in an SQLite database: what a server with a file uses; memory does not grow with them."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields
from itertools import starmap
from operator import attrgetter
from typing import Final

from local.cosmos.records import Record

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS items (
    seq INTEGER PRIMARY KEY, container INTEGER NOT NULL, epk BLOB NOT NULL, id TEXT NOT NULL, range INTEGER NOT NULL,
    lsn INTEGER NOT NULL, ts INTEGER NOT NULL, ttl INTEGER, expires INTEGER, charge REAL NOT NULL, etag BLOB NOT NULL,
    body BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS item ON items (container, epk, id);
CREATE INDEX IF NOT EXISTS change ON items (container, range, lsn);
CREATE INDEX IF NOT EXISTS expiry ON items (container, expires) WHERE expires IS NOT NULL;
"""

_PUT: Final = """
INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (seq) DO UPDATE SET
    range = excluded.range, lsn = excluded.lsn, ts = excluded.ts, ttl = excluded.ttl, expires = excluded.expires,
    charge = excluded.charge, etag = excluded.etag, body = excluded.body"""
_ERASE: Final = "DELETE FROM items WHERE seq = ?"
_GET: Final = "SELECT * FROM items WHERE container = ? AND epk = ? AND id = ?"
_NUMBERED: Final = "SELECT * FROM items WHERE seq = ? AND container = ?"
_PARTITION: Final = """
SELECT * FROM items WHERE seq IN
    (SELECT seq FROM items WHERE container = ? AND epk = ? AND seq > ? ORDER BY seq LIMIT ?) ORDER BY seq"""
_SPAN: Final = """
SELECT * FROM items WHERE container = ? AND epk >= ? AND epk < ? AND (epk, id) > (?, ?) ORDER BY epk, id"""
_CHANGES: Final = "SELECT * FROM items WHERE container = ? AND range = ? AND lsn > ? ORDER BY lsn"
_EXPIRED: Final = "SELECT * FROM items WHERE container = ? AND expires <= ? LIMIT ?"
_SET_EXPIRY: Final = """
UPDATE items SET expires = CASE WHEN :default IS NULL OR COALESCE(ttl, :default) = -1 THEN NULL
    ELSE ts + COALESCE(ttl, :default) END WHERE container = :container"""
_MOVE: Final = "UPDATE items SET range = ? WHERE container = ? AND epk >= ? AND epk < ?"

_PARTITION_STEP: Final = 1000
_row: Final = attrgetter(*(field.name for field in fields(Record)))


class FileRecords:
    """Writes are held until something scans, or until the flush before a commit; `begin` opens a transaction."""

    def __init__(self, connection: sqlite3.Connection, begin: Callable[[], None]) -> None:
        self._connection = connection
        self._begin = begin
        self._held: dict[int, Record] = {}
        self._held_by_key: dict[tuple[int, bytes, str], Record | None] = {}
        self._erased: set[int] = set()

    def get(self, container: int, epk: bytes, name: str) -> Record | None:
        key = (container, epk, name)
        if key in self._held_by_key:
            return self._held_by_key[key]
        return self._one(_GET, key)

    def numbered(self, container: int, seq: int) -> Record | None:
        self.flush()
        return self._one(_NUMBERED, (seq, container))

    def put(self, record: Record) -> None:
        self._held[record.seq] = record
        self._held_by_key[record.container, record.epk, record.id] = record

    def erase(self, record: Record) -> None:
        self._held.pop(record.seq, None)
        self._erased.add(record.seq)
        self._held_by_key[record.container, record.epk, record.id] = None

    def partition(self, container: int, epk: bytes, after: int = 0) -> Iterator[Record]:
        """Found by index alone, so that a page of a large partition reads only its own rows."""
        self.flush()
        while rows := self._connection.execute(_PARTITION, (container, epk, after, _PARTITION_STEP)).fetchall():
            yield from starmap(Record, rows)
            if len(rows) < _PARTITION_STEP:
                return
            after = rows[-1][0]

    def span(self, container: int, low: bytes, high: bytes, after: tuple[bytes, str] = (b"", "")) -> Iterator[Record]:
        self.flush()
        return starmap(Record, self._connection.execute(_SPAN, (container, low, high, *after)))

    def changes(self, container: int, key_range: int, after: int) -> Iterator[Record]:
        self.flush()
        return starmap(Record, self._connection.execute(_CHANGES, (container, key_range, after)))

    def expired(self, container: int, now: int, limit: int) -> list[Record]:
        self.flush()
        return list(starmap(Record, self._connection.execute(_EXPIRED, (container, now, limit))))

    def set_expiry(self, container: int, default: int | None) -> None:
        self._write(_SET_EXPIRY, {"container": container, "default": default})

    def move(self, container: int, low: bytes, high: bytes, key_range: int) -> None:
        self._write(_MOVE, (key_range, container, low, high))

    def drop(self, container: int) -> None:
        self._write("DELETE FROM items WHERE container = ?", (container,))

    def flush(self) -> None:
        if not self._held_by_key:
            return
        self._begin()
        if self._erased:
            self._connection.executemany(_ERASE, ((seq,) for seq in self._erased))
        self._connection.executemany(_PUT, map(_row, self._held.values()))
        self._held.clear()
        self._held_by_key.clear()
        self._erased.clear()

    def snapshot(self, name: str) -> None:
        """The whole database is copied by its owner, items included."""

    def restore(self, name: str) -> None:
        """See `snapshot`."""

    def _one(self, statement: str, values: tuple[object, ...]) -> Record | None:
        row = self._connection.execute(statement, values).fetchone()
        return None if row is None else Record(*row)

    def _write(self, statement: str, values: tuple[object, ...] | dict[str, object]) -> None:
        self.flush()
        self._begin()
        self._connection.execute(statement, values)
