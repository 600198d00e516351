"""Finds the sagas whose time has come: a deadline that has passed, an ask to be repeated, a claim that ran out."""

import asyncio
from dataclasses import dataclass
from typing import Final

from shared.kernel import Failure, Key, Poison, Transient
from shared.kernel.values import to_text
from shared.pipeline.lanes import Lanes
from shared.pipeline.saga_item import CONTAINER
from shared.pipeline.sagas import Sagas
from shared.ports import DueStore

AT_ONCE: Final = 32
# Of each range; what is more comes with the next page.
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Timers:
    """Whose saga cannot be read is parked under `consumer`, the one that its stream's events will meet there."""

    sagas: Sagas
    due: DueStore
    lanes: Lanes
    consumer: str

    async def ring(self) -> int:
        """Move on every saga that is due; returns how many. Raises Transient when some have to wait for the next time.

        Twice at once is harmless: whoever comes second finds them claimed.
        """
        rung = 0
        while streams := await self.due.due(CONTAINER, to_text(self.sagas.now()), PAGE):
            room = asyncio.Semaphore(AT_ONCE)
            ends = await asyncio.gather(*(self._within(room, stream) for stream in streams))
            rung += len(streams)
            if troubles := [trouble for trouble in ends if trouble]:
                raise Transient(f"{len(troubles)} of {len(streams)} due sagas wait") from troubles[0]
        return rung

    async def _within(self, room: asyncio.Semaphore, stream: str) -> Failure | None:
        async with room:
            try:
                await self._touched(stream)
            except Failure as failure:
                return failure
        return None

    async def _touched(self, stream: str) -> None:
        try:
            await self.sagas.touch(stream)
        except Poison as poison:
            await self.lanes.park(self.consumer, Key(stream, stream), stream=stream, first=1, last=1, poison=poison)
            await self.sagas.postpone(stream)
