"""What was known at each second of a run: every consumer's lag by the app's own estimator, what the store spent."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

import aiohttp

from shared.lag import FeedLag
from shared.pipeline import LagWatch
from shared.pipeline.lag_watch import COUNTED_AT_MOST

EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """`when` is seconds since the run began; `charges` are request units by container so far, `own` ours of them."""

    when: float
    feeds: Mapping[str, FeedLag]
    charges: Mapping[str, float]
    own: float


@dataclass(slots=True)
class Sampler:
    """`began` is on the monotonic clock."""

    watch: LagWatch
    session: aiohttp.ClientSession
    cosmos_url: str
    began: float
    samples: list[Sample] = field(default_factory=list)
    _own: float = 0.0

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            asked = monotonic()
            await self.sample()
            await asyncio.sleep(max(0.0, asked + EVERY - monotonic()))

    async def sample(self) -> Sample:
        estimate = await self.watch.look(count_at_most=COUNTED_AT_MOST)
        self._own += estimate.cost.charge
        feeds = {feed.consumer: feed for feed in estimate.feeds}
        found = Sample(monotonic() - self.began, feeds, await self._charges(), self._own)
        self.samples.append(found)
        return found

    async def settled(self, *, within: float) -> None:
        """Two more samples in a row with nothing that waits. Raises TimeoutError."""
        async with asyncio.timeout(within):
            quiet = 0
            while quiet < 2:  # noqa: PLR2004 - a saga's next change may come between two
                await asyncio.sleep(EVERY)
                last = await self.sample()
                quiet = quiet + 1 if all(feed.lag == 0 for feed in last.feeds.values()) else 0

    async def _charges(self) -> Mapping[str, float]:
        async with self.session.get(f"{self.cosmos_url}/_local/usage") as answer:
            answer.raise_for_status()
            used: dict[str, Any] = await answer.json()
        spent: dict[str, float] = {}
        for one in used["operations"]:
            name = str(one["container"]).rpartition("/")[2]
            spent[name] = spent.get(name, 0.0) + float(one["charge"])
        return spent
