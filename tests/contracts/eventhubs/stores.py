"""Checkpoints and owners in memory, for both flavours of the SDK."""

import time
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any
from uuid import uuid4

from azure.eventhub import CheckpointStore
from azure.eventhub.aio import CheckpointStore as AsyncCheckpointStore

type Row = dict[str, Any]
type Key = tuple[str, ...]

_NAMES = ("fully_qualified_namespace", "eventhub_name", "consumer_group", "partition_id")


def _key(row: Mapping[str, Any]) -> Key:
    return tuple(str(row[name]) for name in _NAMES)


class InMemory(CheckpointStore):
    def __init__(self) -> None:
        self.checkpoints: dict[Key, Row] = {}
        self.owners: dict[Key, Row] = {}
        self._lock = Lock()

    def list_ownership(self, *place: str, **_: object) -> Iterable[Row]:
        with self._lock:
            return [dict(row) for key, row in self.owners.items() if key[:3] == place]

    def list_checkpoints(self, *place: str, **_: object) -> Iterable[Row]:
        return [dict(row) for key, row in self.checkpoints.items() if key[:3] == place]

    def update_checkpoint(self, checkpoint: Mapping[str, Any], **_: object) -> None:
        self.checkpoints[_key(checkpoint)] = dict(checkpoint)

    def claim_ownership(self, ownership_list: Iterable[Row], **_: object) -> Iterable[Row]:
        with self._lock:
            return [row for asked in ownership_list if (row := self._claim(asked))]

    def _claim(self, asked: Row) -> Row | None:
        if self.owners.get(_key(asked), {}).get("etag") != asked.get("etag"):
            return None
        self.owners[_key(asked)] = {**asked, "last_modified_time": time.time(), "etag": uuid4().hex}
        return dict(self.owners[_key(asked)])


class AsyncInMemory(AsyncCheckpointStore):
    """The same, for coroutines."""

    def __init__(self) -> None:
        self._store = InMemory()
        self.checkpoints = self._store.checkpoints

    async def list_ownership(self, *place: str, **_: object) -> Iterable[Row]:
        return self._store.list_ownership(*place)

    async def list_checkpoints(self, *place: str, **_: object) -> Iterable[Row]:
        return self._store.list_checkpoints(*place)

    async def update_checkpoint(self, checkpoint: Mapping[str, Any], **_: object) -> None:
        self._store.update_checkpoint(checkpoint)

    async def claim_ownership(self, ownership_list: Iterable[Row], **_: object) -> Iterable[Row]:
        return self._store.claim_ownership(ownership_list)
