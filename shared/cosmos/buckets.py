"""Totals with their ledgers: items of one logical partition, changed in one transactional batch."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from shared.cosmos.failures import translated
from shared.cosmos.rows import CosmosRows
from shared.kernel import Key
from shared.ports import Stored, Write


class CosmosBuckets:
    """A `BucketStore` over all containers of one database."""

    def __init__(self, rows: CosmosRows) -> None:
        self._rows = rows

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        found = await asyncio.gather(*(self._rows.read(container, Key(partition, name)) for name in ids))
        return {name: stored for name, stored in zip(ids, found, strict=True) if stored}

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        with translated(f"{container} {partition}", writes=True):
            answers = await (await self._rows.container(container)).execute_item_batch(
                [_operation(write) for write in writes], partition
            )
        return [str(answer["eTag"]) for answer in answers]


def _operation(write: Write) -> tuple[Any, ...]:
    item = dict(write.item)
    if write.etag is None:
        return ("create", (item,))
    return ("replace", (item["id"], item), {"if_match_etag": write.etag})
