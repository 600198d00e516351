"""Views as they are read: the live generation of each, whichever that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel import Generation, Projection
from shared.kernel.generations import FIRST_NUMBER, parted
from shared.pipeline.generations import Known
from shared.ports import Item, PageStore, Slice, Total


@dataclass(frozen=True, slots=True)
class Views:
    """Asked once for each request, so that no answer is put together of two generations."""

    pages: PageStore
    generations: Known

    async def of(self, view: Projection[Any, Any]) -> PageStore:
        """Its pages and totals. A list of generations that is young enough costs no request; raises Transient."""
        live = (await self.generations.of(view)).live
        return self.pages if live.number == FIRST_NUMBER else _Placed(self.pages, view.partitioned_by, live)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A `PageStore` of one generation, whose rows look as if there were no other."""

    pages: PageStore
    partitioned_by: str
    generation: Generation

    async def newest(self, container: str, partition: str, wanted: Slice) -> Sequence[Item]:
        rows = await self.pages.newest(container, self.generation.partition(partition), wanted)
        return [self._natural(row) for row in rows]

    async def total(self, container: str, partition: str, *, of: str) -> Total:
        return await self.pages.total(container, self.generation.partition(partition), of=of)

    def _natural(self, row: Item) -> Item:
        name = self.partitioned_by
        return {**row, name: parted(str(row[name]))[1]} if name in row else row
