"""One stored version of one item, and the few statements that find and keep it."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple


class Record(NamedTuple):
    """A row of the table `items`; `body` is the answer's text, system properties and all."""

    seq: int
    container: int
    epk: bytes
    id: str
    range: int
    lsn: int
    ts: int
    ttl: int | None
    expires: int | None
    charge: float
    etag: str
    body: bytes


SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS items (
    seq INTEGER PRIMARY KEY, container INTEGER NOT NULL, epk BLOB NOT NULL, id TEXT NOT NULL, range INTEGER NOT NULL,
    lsn INTEGER NOT NULL, ts INTEGER NOT NULL, ttl INTEGER, expires INTEGER, charge REAL NOT NULL, etag TEXT NOT NULL,
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
_PARTITION: Final = """
SELECT * FROM items WHERE seq IN
    (SELECT seq FROM items WHERE container = ? AND epk = ? AND seq > ? ORDER BY seq LIMIT ?) ORDER BY seq"""
_SPAN: Final = """
SELECT * FROM items WHERE container = ? AND epk >= ? AND epk < ? AND (epk, id) > (?, ?) ORDER BY epk, id"""
_CHANGES: Final = "SELECT * FROM items WHERE container = ? AND range = ? AND lsn > ? ORDER BY lsn"

_PARTITION_STEP: Final = 1000


class Records:
    """Items by key, by partition in order of creation, by hash, and by change."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._execute = connection.execute

    def get(self, container: int, epk: bytes, name: str) -> Record | None:
        row = self._execute(_GET, (container, epk, name)).fetchone()
        return None if row is None else Record._make(row)

    def numbered(self, seq: int) -> Record | None:
        row = self._execute("SELECT * FROM items WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else Record._make(row)

    def put(self, records: Iterable[Record]) -> None:
        self._connection.executemany(_PUT, records)

    def erase(self, sequences: Iterable[int]) -> None:
        self._connection.executemany(_ERASE, ((seq,) for seq in sequences))

    def partition(self, container: int, epk: bytes, after: int = 0) -> Iterator[Record]:
        """Oldest item first; `after` is the `seq` of the last one seen."""
        while rows := self._execute(_PARTITION, (container, epk, after, _PARTITION_STEP)).fetchall():
            yield from map(Record._make, rows)
            if len(rows) < _PARTITION_STEP:
                return
            after = rows[-1][0]

    def span(self, container: int, low: bytes, high: bytes, after: tuple[bytes, str] = (b"", "")) -> Iterator[Record]:
        """In the order of (effective key, id), which later writes do not disturb."""
        return map(Record._make, self._execute(_SPAN, (container, low, high, *after)))

    def changes(self, container: int, key_range: int, after: int) -> Iterator[Record]:
        """Last versions in the order of their LSN; the cost does not depend on `after`."""
        return map(Record._make, self._execute(_CHANGES, (container, key_range, after)))

    def expired(self, container: int, now: int, limit: int) -> list[int]:
        rows = self._execute(
            "SELECT seq FROM items WHERE container = ? AND expires <= ? LIMIT ?", (container, now, limit)
        )
        return [seq for (seq,) in rows]

    def set_expiry(self, container: int, default: int | None) -> None:
        """Follows a change of the container's default time to live; None switches expiry off."""
        self._execute(
            """UPDATE items SET expires = CASE WHEN :default IS NULL OR COALESCE(ttl, :default) = -1 THEN NULL
               ELSE ts + COALESCE(ttl, :default) END WHERE container = :container""",
            {"container": container, "default": default},
        )

    def move(self, container: int, low: bytes, high: bytes, key_range: int) -> None:
        """Gives the items of a span to another range; each keeps its LSN."""
        self._execute(
            "UPDATE items SET range = ? WHERE container = ? AND epk >= ? AND epk < ?",
            (key_range, container, low, high),
        )

    def drop(self, container: int) -> None:
        self._execute("DELETE FROM items WHERE container = ?", (container,))

    def count(self, container: int) -> tuple[int, int]:
        """Number of items and the sum of their bytes."""
        row = self._execute(
            "SELECT COUNT(*), COALESCE(SUM(LENGTH(body)), 0) FROM items WHERE container = ?", (container,)
        ).fetchone()
        return int(row[0]), int(row[1])
