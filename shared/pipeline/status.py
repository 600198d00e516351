"""How the whole app is, one fact after the other; what cannot be told is unknown, and hides nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, Literal

from shared.kernel import Failure
from shared.kernel.values import from_text
from shared.lag import FeedLag
from shared.lag.measurement import of_feed
from shared.pipeline.lag_watch import LagWatch
from shared.pipeline.standing import ATTENTION_AFTER_ATTEMPTS, Standing
from shared.ports import Item

type Outcome = Literal["well", "wrong", "unknown", "off"]

LAST_ERRORS: Final = 5
# For each part; a hub that is away hangs rather than refuses.
WITHIN_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` counts what its name says, `seconds` is an age; None is unknown, which is not 0."""

    about: str
    name: str
    outcome: Outcome
    value: int | None = None
    seconds: float | None = None
    says: str = ""

    def as_row(self) -> dict[str, object]:
        row = asdict(self)
        return row | {"seconds": None if self.seconds is None else round(self.seconds, 1)}


@dataclass(frozen=True, slots=True)
class Status:
    """`parked` are the lanes, oldest first; `hub` asks it for its partitions, None when the settings leave it out."""

    watch: LagWatch
    standing: Standing
    parked: Callable[[], Awaitable[Sequence[Item]]]
    hub: Callable[[], Awaitable[int]] | None
    now: Callable[[], datetime]

    async def look(self) -> list[Fact]:
        """Raises nothing that the store or the hub can be blamed for."""
        counts = (
            ("sagas", "running", self.standing.running, ""),
            ("outbox", "due", self.standing.due, ""),
            ("sagas", "stuck", self.standing.stuck, "sagas_stuck: due for more than a minute"),
            ("sagas", "unanswered", self.standing.unanswered,
             f"sagas_need_attention: asked {ATTENTION_AFTER_ATTEMPTS} times"),
        )  # fmt: skip
        parts = await asyncio.gather(
            _told("feed", "all", self._feeds()),
            _told("measured", "measure_lag", self._measured()),
            _told("lane", "all", self._lanes()),
            *(_told(about, name, _counted(about, name, count, trouble)) for about, name, count, trouble in counts),
            _told("hub", "order-events", self._hub()),
            _told("error", "all", self._errors()),
        )
        return [fact for part in parts for fact in part]

    async def _feeds(self) -> list[Fact]:
        return [_of_feed(feed) for feed in (await self.watch.look()).feeds]

    async def _measured(self) -> list[Fact]:
        last = await self.watch.last()
        is_silent = last is None or self.watch.is_silent(last)
        age = last.age(self.now()) if last else None
        says = "feed_silent: nobody measures" if is_silent else ""
        return [Fact("measured", "measure_lag", "wrong" if is_silent else "well", seconds=age, says=says)]

    async def _lanes(self) -> list[Fact]:
        parked = [lanes for lanes in await self.standing.parked() if lanes.parked]
        facts = [
            Fact("lane", lanes.consumer, "wrong", lanes.parked, lanes.oldest_seconds, "parked_lanes: keys are parked")
            for lanes in parked
        ]
        return facts or [Fact("lane", "all", "well", 0)]

    async def _hub(self) -> list[Fact]:
        if self.hub is None:
            return [Fact("hub", "order-events", "off", says="EVENTHUBS is not set")]
        try:
            return [Fact("hub", "order-events", "well", await self.hub(), says="partitions")]
        except Failure as away:
            return [Fact("hub", "order-events", "wrong", says=f"hub_away: {away}")]

    async def _errors(self) -> list[Fact]:
        newest = (await self.parked())[-LAST_ERRORS:]
        return [self._error(head) for head in reversed(newest)]

    def _error(self, head: Item) -> Fact:
        age = (self.now() - from_text(str(head["since"]))).total_seconds()
        return Fact(
            "error", str(head["lane"]), "wrong", seconds=age, says=f"{head['reason']}: {head.get('detail', '')}"
        )


def exit_code(outcomes: Iterable[object]) -> int:
    """0 when all is well, 1 when anything is wrong, 3 when nothing is wrong and something unknown."""
    found = set(outcomes)
    return 1 if "wrong" in found else 3 if "unknown" in found else 0


async def _told(about: str, name: str, part: Awaitable[Sequence[Fact]]) -> Sequence[Fact]:
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            return await part
    except (Failure, TimeoutError) as trouble:
        return [Fact(about, name, "unknown", says=str(trouble) or f"no answer within {WITHIN_SECONDS:.0f} s")]


async def _counted(about: str, name: str, count: Callable[[], Awaitable[int]], trouble: str) -> list[Fact]:
    """Without a trouble any number is well."""
    value = await count()
    is_wrong = bool(trouble and value)
    return [Fact(about, name, "wrong" if is_wrong else "well", value, says=trouble if is_wrong else "")]


def _of_feed(feed: FeedLag) -> Fact:
    troubles = dict(of_feed(feed))
    says = "; ".join(f"{name}: {what}" for name, what in troubles.items())
    if feed.off:
        return Fact("feed", feed.consumer, "off", feed.lag, feed.seconds, "switched off")
    if not feed.leases:
        return Fact("feed", feed.consumer, "unknown", says="feed_unknown: no host has made its leases")
    is_known = not feed.unknown
    outcome: Outcome = "wrong" if troubles.keys() - {"feed_unknown"} else "well" if is_known else "unknown"
    return Fact("feed", feed.consumer, outcome, feed.lag if is_known else None, feed.seconds, says)
