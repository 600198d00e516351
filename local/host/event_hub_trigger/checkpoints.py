"""How far each consumer group has come in each partition, and which host owns it: one file for all hosts of a machine.

The calls are short and block the loop for as long as they take. Without a file a host has places of its own, and a
restart delivers everything again.
"""

import sqlite3
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, override
from uuid import uuid4

from azure.eventhub.aio import CheckpointStore

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS checkpoints (
    fully_qualified_namespace TEXT, eventhub_name TEXT, consumer_group TEXT, partition_id TEXT,
    sequence_number INTEGER NOT NULL, offset TEXT NOT NULL,
    PRIMARY KEY (fully_qualified_namespace, eventhub_name, consumer_group, partition_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS owners (
    fully_qualified_namespace TEXT, eventhub_name TEXT, consumer_group TEXT, partition_id TEXT,
    owner_id TEXT NOT NULL, last_modified_time REAL NOT NULL, etag TEXT NOT NULL,
    PRIMARY KEY (fully_qualified_namespace, eventhub_name, consumer_group, partition_id)) WITHOUT ROWID;
"""
_KEY: Final = ("fully_qualified_namespace", "eventhub_name", "consumer_group", "partition_id")
_OF_GROUP: Final = "WHERE fully_qualified_namespace = ? AND eventhub_name = ? AND consumer_group = ?"
_LOCK_SECONDS: Final = 10

type Row = dict[str, Any]


class Checkpoints(CheckpointStore):
    """The store that the SDK's own load balancing asks for; rows are the dictionaries it documents."""

    def __init__(self, file: Path | None) -> None:
        """Raises sqlite3.Error for a file that is something else."""
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(file or ":memory:", timeout=_LOCK_SECONDS, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        # A killed host loses nothing; a machine that dies may deliver some batches again, which is allowed anyway.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        self._connection.close()

    @override
    async def list_ownership(
        self, fully_qualified_namespace: str, eventhub_name: str, consumer_group: str, **kwargs: object
    ) -> Iterable[Row]:
        place = (fully_qualified_namespace, eventhub_name, consumer_group)
        return [dict(row) for row in self._connection.execute(f"SELECT * FROM owners {_OF_GROUP}", place)]  # noqa: S608 - constant text  # nosec B608

    @override
    async def list_checkpoints(
        self, fully_qualified_namespace: str, eventhub_name: str, consumer_group: str, **kwargs: object
    ) -> Iterable[Row]:
        place = (fully_qualified_namespace, eventhub_name, consumer_group)
        return [dict(row) for row in self._connection.execute(f"SELECT * FROM checkpoints {_OF_GROUP}", place)]  # noqa: S608 - constant text  # nosec B608

    @override
    async def claim_ownership(self, ownership_list: Iterable[Row], **kwargs: object) -> Iterable[Row]:
        """Those that nobody else has claimed since they were listed."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            claimed = [row for asked in ownership_list if (row := self._claim(asked))]
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return claimed

    @override
    async def update_checkpoint(self, checkpoint: Mapping[str, str | int | None], **kwargs: object) -> None:
        values = [checkpoint[name] for name in (*_KEY, "sequence_number", "offset")]
        self._connection.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)", values)

    def _claim(self, asked: Row) -> Row | None:
        key = [asked[name] for name in _KEY]
        found = self._connection.execute(f"SELECT etag FROM owners {_OF_GROUP} AND partition_id = ?", key).fetchone()  # noqa: S608 - constant text  # nosec B608
        if (found["etag"] if found else None) != asked.get("etag"):
            return None
        row = {**asked, "last_modified_time": time.time(), "etag": uuid4().hex}
        values = [*key, row["owner_id"], row["last_modified_time"], row["etag"]]
        self._connection.execute("INSERT OR REPLACE INTO owners VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        return row
