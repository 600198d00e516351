"""Finds the sagas whose time has come: a deadline that has passed, an ask to be repeated, a claim that ran out."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.kernel import Conflict, Key, Poison, Transient
from shared.kernel.values import to_text
from shared.pipeline.brake import Brake
from shared.pipeline.lanes import Lanes
from shared.pipeline.saga_item import CONTAINER
from shared.pipeline.sagas import Sagas
from shared.ports import DueStore

AT_ONCE: Final = 32
# Of each range; what is more comes with the next page.
PAGE: Final = 100
# With its last page still well below the host's functionTimeout, which would end the whole worker.
LONGEST_RING: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Timers:
    """Whose saga cannot be read is parked under `consumer`, the one that its stream's events will meet there."""

    sagas: Sagas
    due: DueStore
    lanes: Lanes
    brake: Brake
    consumer: str

    async def ring(self) -> int:
        """Move on every saga that is due, each once; returns how many. Raises Transient when some have to wait.

        Those hold up no other. What is left after a minute is for the next time. Twice at once is harmless: whoever
        comes second finds them claimed.
        """
        rung, troubles = set[str](), list[BaseException]()
        until = self.sagas.now() + LONGEST_RING
        while (now := self.sagas.now()) < until:
            # Those that have to wait still stand in front.
            found = await self.due.due(CONTAINER, self.sagas.name, to_text(now), PAGE + len(troubles))
            page = [stream for stream in found if stream not in rung]
            if not page:
                break
            troubles += await self.moved_on(page)
            rung.update(page)
        if troubles:
            raise Transient(f"{len(troubles)} due sagas wait") from troubles[0]
        return len(rung)

    async def moved_on(self, page: Sequence[str]) -> list[BaseException]:
        """Each of these sagas as far as it goes now; what keeps some of them waiting."""
        room = asyncio.Semaphore(AT_ONCE)

        async def within(stream: str) -> None:
            async with room:
                await self._touched(stream)

        ends = await asyncio.gather(*map(within, page), return_exceptions=True)
        return [end for end in ends if end]

    async def _touched(self, stream: str) -> None:
        self.brake.see(self.consumer, Key(stream, stream))
        try:
            await self.sagas.touch(stream)
        except Poison as poison:
            await self._parked(stream, poison)
            # In a conflict somebody has just moved it, or put it off himself.
            with suppress(Conflict):
                await self.sagas.postpone(stream)

    async def _parked(self, stream: str, poison: Poison) -> None:
        """Raises Transient when it would be one too many."""
        key = Key(stream, stream)
        head = await self.lanes.head(self.consumer, key)
        if head is None or not head.is_open:
            self.brake.meet(self.consumer, poison.reason, key)
            await self.lanes.park(self.consumer, key, stream=stream, first=1, last=1, poison=poison)
