"""Ends the lanes of a generation that is not read any more, each with a record of what it was."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shared.kernel import Conflict, Key
from shared.kernel.generations import parted
from shared.kernel.values import to_text
from shared.pipeline.lanes import CONTAINER, Head, Lanes
from shared.pipeline.project import Project
from shared.ports import LaneCatalogue


@dataclass(frozen=True, slots=True)
class Closing:
    """`close` leaves the head, closed: while its generation is still written it is what a later event opens again."""

    lanes: Lanes
    catalogue: LaneCatalogue

    async def close(self, project: Project[Any, Any], numbers: frozenset[int], because: str) -> int:
        """How many were open. What changes meanwhile stays open, with what has been held back in it."""
        heads = [head for head in await self._heads(project, numbers) if head.is_open]
        for head in heads:
            await self._record(head, because)
            with suppress(Conflict):
                await self.lanes.close(head)
        return len(heads)

    async def end(self, project: Project[Any, Any], numbers: frozenset[int], because: str) -> int:
        """How many are gone now. For a generation that nobody writes any more."""
        heads = await self._heads(project, numbers)
        for head in heads:
            await self._record(head, because)
            with suppress(Conflict):
                await self.lanes.end(head)
        return len(heads)

    async def _heads(self, project: Project[Any, Any], numbers: frozenset[int]) -> list[Head]:
        mine = [item for item in await self.catalogue.parked() if item.get("consumer") == project.name]
        keys = [Key(str(item["partition"]), str(item["row"])) for item in mine if "partition" in item]
        wanted = [key for key in keys if parted(key.partition)[0] in numbers]
        return [head for key in wanted if (head := await self.lanes.head(project.name, key))]

    async def _record(self, head: Head, because: str) -> None:
        """Under the parking's own nonce, so that it is kept once however often this is done."""
        name = f"closed-{head.nonce}"
        item = {
            "id": name,
            "lane": head.lane,
            "type": "ClosedLane",
            "schemaVersion": 1,
            "consumer": head.consumer,
            "stream": head.stream,
            "first": head.first,
            "last": head.last,
            "reason": head.reason,
            "since": to_text(head.since),
            "closedAt": to_text(self.lanes.now()),
            "because": because,
        }
        with suppress(Conflict):
            await self.lanes.store.create(CONTAINER, Key(head.lane, name), item)
