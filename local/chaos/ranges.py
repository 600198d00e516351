"""Ranges of the Cosmos DB-compatible server, split and merged at will; a real account does it when it likes."""

from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp


@dataclass(frozen=True, slots=True)
class Ranges:
    """`pick`, from 0 to 1, says which of the ranges there are."""

    session: aiohttp.ClientSession
    cosmos_url: str
    database: str

    async def split(self, container: str, pick: float) -> None:
        ranges = await self._of(container)
        await self._reshape("split", container, ranges[int(pick * len(ranges))])

    async def merge(self, container: str, pick: float) -> None:
        """One with the next above it, which the last one does not have."""
        if len(ranges := await self._of(container)) > 1:
            await self._reshape("merge", container, ranges[int(pick * (len(ranges) - 1))])

    async def _of(self, container: str) -> Sequence[str]:
        """From the lowest up."""
        where = {"container": self._link(container)}
        async with self.session.get(f"{self.cosmos_url}/_local/ranges", params=where) as response:
            response.raise_for_status()
            found = (await response.json())["ranges"]
        return [each["id"] for each in sorted(found, key=lambda each: str(each["low"]))]

    async def _reshape(self, how: str, container: str, name: str) -> None:
        body = {"container": self._link(container), "range": name}
        async with self.session.post(f"{self.cosmos_url}/_local/{how}", json=body) as response:
            response.raise_for_status()

    def _link(self, container: str) -> str:
        return f"dbs/{self.database}/colls/{container}"
