"""Replays parked keys one after the other: claim, release, deed. Killed anywhere, whoever comes next goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic
from typing import Final, Protocol

from shared.kernel import Failure
from shared.observer import Spending
from shared.pipeline.claims import CLAIMED_FOR, Claimed, Claims
from shared.pipeline.consumers import Engine
from shared.pipeline.deeds import Author
from shared.pipeline.parked import NoSuchLane, ParkedKeys
from shared.pipeline.replay.overlay import Stores
from shared.pipeline.replay.plan import Lot, Wanted, plan
from shared.pipeline.replay.rehearsal import Rehearsal, rehearse
from shared.ports import Item

# Whoever outlived his claim would work beside the next owner.
WITHIN: Final = CLAIMED_FOR - timedelta(seconds=10)

type Row = dict[str, object]


class LaneClaims(Protocol):
    async def claims(self) -> Sequence[Item]:
        """Every claim on a lane, run out or not."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """At most so many request units in a second, on average since the first; all there are when None."""

    ru_per_second: float | None = None
    seconds: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def keep(self, spent: float, *, since: float) -> None:
        if self.ru_per_second:
            await self.sleep(max(0.0, spent / self.ru_per_second - (self.seconds() - since)))


UNLIMITED: Final = Pace()


@dataclass(frozen=True, slots=True)
class Replay:
    """`parked` knows how to release a lane, at any time and twice at once; here is said who does it, when and why.

    `stores` are those behind it, and `events` the container of them whose items are events: for rehearsals.
    """

    parked: ParkedKeys
    claims: Claims
    left: LaneClaims
    stores: Stores
    events: str

    async def plan(self, wanted: Wanted) -> tuple[Lot, ...]:
        parked = await self.parked.catalogue.parked()
        return plan(parked, await self.left.claims(), wanted=wanted, now=self.claims.now())

    async def meant(self, wanted: Wanted) -> list[str]:
        """The lanes of the plan; then what was named and is not parked at all, for whoever has named it."""
        parked, left, now = await self.parked.catalogue.parked(), await self.left.claims(), self.claims.now()
        there = {lot.lane for lot in plan(parked, left, wanted=Wanted(lanes=wanted.lanes), now=now)}
        lots = plan(parked, left, wanted=wanted, now=now)
        return [*(lot.lane for lot in lots), *sorted(wanted.lanes - there)]

    async def run(self, lanes: Sequence[str], by: Author, *, pace: Pace, comes_back: bool = True) -> AsyncIterator[Row]:
        """What has come of each lane, in this order. One lane's trouble is its own.

        Whoever `comes_back` tries those once more at the end that somebody else has: dead by then, or done.
        """
        busy: list[str] = []
        spent, begun = 0.0, pace.seconds()
        for lane in lanes:
            # Before the next one: there is nothing to wait for behind the last.
            await pace.keep(spent, since=begun)
            with Spending() as here:
                outcome = await self.one(lane, by)
            if outcome["outcome"] == "claimed" and comes_back:
                busy.append(lane)
            else:
                yield outcome
            spent += here.charge
        if busy:
            await pace.sleep(CLAIMED_FOR.total_seconds())
        for lane in busy:
            yield await self.one(lane, by)

    async def one(self, lane: str, by: Author) -> Row:
        """`claimed` when somebody else is at it; otherwise what came of it, with a deed that says so."""
        try:
            before = await self.parked.summary(lane)
            claim = await self.claims.take(lane, "replay", by, before=before)
        except Claimed as busy:
            return {"lane": lane, "outcome": "claimed", "detail": str(busy)}
        except Failure as failure:
            return {"lane": lane, "outcome": "failed", "detail": str(failure)}
        outcome = await _released(self.parked, lane)
        try:
            await self.claims.finish(claim, {name: value for name, value in outcome.items() if name != "lane"})
        except Failure as failure:
            return outcome | {"detail": f"without its deed, which whoever comes next will write: {failure}"}
        return outcome

    def on(self, engine: Engine, stores: Stores) -> "Replay":
        """The same on other stores."""
        claims = replace(self.claims, buckets=stores.buckets, rows=stores.rows)
        return replace(self, parked=replace(self.parked, engine=engine), claims=claims, stores=stores)

    async def rehearse(self, lanes: Sequence[str], *, pace: Pace = UNLIMITED) -> Rehearsal[list[Row]]:
        """What `run` would do, one lane after the other on what those before have left. Nothing is changed or sent."""

        async def act(engine: Engine, _: Stores) -> list[Row]:
            parked, rows, begun = replace(self.parked, engine=engine), list[Row](), pace.seconds()
            with Spending() as spent:
                for lane in lanes:
                    await pace.keep(spent.charge, since=begun)
                    rows.append(await _released(parked, lane))
            return rows

        return await rehearse(self.parked.engine, self.stores, act, events=self.events)


async def _released(parked: ParkedKeys, lane: str) -> Row:
    try:
        async with asyncio.timeout(WITHIN.total_seconds()):
            return await parked.release(lane)
    except NoSuchLane:
        return {"lane": lane, "outcome": "nothing to release"}
    except Failure as failure:
        return {"lane": lane, "outcome": "failed", "detail": str(failure)}
    except TimeoutError:
        return {"lane": lane, "outcome": "failed", "detail": f"not done within {WITHIN.total_seconds():.0f} s"}
