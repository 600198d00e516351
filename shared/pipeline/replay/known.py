"""Releases what an older version could not read, once a version runs that can: nobody has to remember it.

Of lanes that failed alike one goes ahead, on paper and then for good. What is still unknown costs a few reads and
leaves no trace. Before that it tells of whoever died at a lane, for nobody may ever come by there again.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.pipeline.deeds import Author
from shared.pipeline.replay.plan import Lot, Wanted, groups
from shared.pipeline.replay.shell import Pace, Replay, Row

AUTHOR: Final = Author("the app itself", "this version knows what could not be read")
UNKNOWN: Final = Wanted(reason="unknown_version")
# Of one group at a time; the rest is for the next time, which is soon.
MOST: Final = 500
# One may have been written by somebody who was further ahead than the others.
TRIED: Final = 3
FREED: Final = frozenset({"released", "nothing to release"})


@dataclass(frozen=True, slots=True)
class KnownByNow:
    replay: Replay
    pace: Pace

    async def release(self) -> list[Row]:
        """What has come of each lane that was tried. Twice at once is harmless: each lane is claimed."""
        for claim in await self.replay.left.claims():
            await self.replay.claims.settle(str(claim["lane"]))
        tried: list[Row] = []
        for group in groups(await self.replay.plan(UNKNOWN)):
            tried += [row async for row in self._freed(group)]
        return tried

    async def _freed(self, group: tuple[Lot, ...]) -> AsyncIterator[Row]:
        canary = await self._canary(group[:MOST])
        if canary is None:
            return
        outcome = await self.replay.one(canary, AUTHOR)
        yield outcome
        if outcome["outcome"] not in FREED:
            return
        rest = [lot.lane for lot in group if lot.lane != canary]
        async for outcome in self.replay.run(rest[:MOST], AUTHOR, pace=self.pace, comes_back=False):
            yield outcome

    async def _canary(self, group: Sequence[Lot]) -> str | None:
        """The first of these that would pass; None once some fail as they did before. Another trouble says nothing."""
        alike = 0
        for lot in group:
            (expected,) = (await self.replay.rehearse([lot.lane])).came_of_it
            if expected["outcome"] in FREED:
                return lot.lane
            alike += expected["outcome"] == "failed" or expected.get("detail") == lot.detail
            if alike == TRIED:
                return None
        return None
