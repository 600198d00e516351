"""What a tally says: the exact sum of a bucket's shards, and how many orders are missing from it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from shared.kernel import Tally
from shared.kernel.tally import total
from shared.pipeline.buckets import TOTAL, amounts_of
from shared.ports import BucketStore, LaneCatalogue


@dataclass(frozen=True, slots=True)
class Totals:
    store: BucketStore
    catalogue: LaneCatalogue

    async def of(self, tally: Tally[Any, Any], bucket: str) -> dict[str, int]:
        """One point read for each shard, side by side. Empty when nothing was ever counted there."""
        partitions = tally.shards(bucket).buckets(of=bucket)
        found = await asyncio.gather(*(self.store.read(tally.container, each, [TOTAL]) for each in partitions))
        return total(amounts_of(each.get(TOTAL)) for each in found)

    async def incomplete(self, consumer: str) -> int:
        """How many orders are parked, so that what they amount to by now is not in the totals."""
        return await self.catalogue.count(consumer)
