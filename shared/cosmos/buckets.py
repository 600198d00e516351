"""Totals with their ledgers: items of one logical partition, changed in one transactional batch."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from shared.cosmos.failures import translated
from shared.cosmos.rows import CosmosRows
from shared.kernel import Key
from shared.ports import RowStore, Stored, Write


class CosmosBuckets:
    """A `BucketStore` over all containers of one database. What is not a transaction goes by way of `each`."""

    def __init__(self, rows: CosmosRows, each: RowStore) -> None:
        self._rows, self._each = rows, each

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        found = await asyncio.gather(*(self._each.read(container, Key(partition, name)) for name in ids))
        return {name: stored for name, stored in zip(ids, found, strict=True) if stored}

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        if len(writes) == 1:
            return [await self._alone(container, partition, writes[0])]
        with translated(f"{container} {writes[0].item['id']}", writes=True):
            answers = await (await self._rows.container(container)).execute_item_batch(
                [_operation(write) for write in writes], partition
            )
        return [str(answer["eTag"]) for answer in answers]

    async def _alone(self, container: str, partition: str, write: Write) -> str:
        key = Key(partition, str(write.item["id"]))
        if write.etag is None:
            return await self._each.create(container, key, write.item)
        return await self._each.replace(container, key, write.item, etag=write.etag)


def _operation(write: Write) -> tuple[Any, ...]:
    item = dict(write.item)
    if write.etag is None:
        return ("create", (item,))
    return ("replace", (item["id"], item), {"if_match_etag": write.etag})
