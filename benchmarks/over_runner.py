"""Next to pyeventsourcing's projection runner: a view of the same orders, from stored events to rows in a file.

Ours reads the feed from its server, a thousand events a page, as a rebuild does, and the server's CPU counts. Both keep
the place up to which the view has seen the events in one transaction with it, and drop what comes twice by it.
"""

import asyncio
from dataclasses import dataclass
from functools import cache
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from benchmarks import runner_style
from benchmarks.claims import Aim, Claim, Ratio, Spent, Stretch, median_ratio
from benchmarks.order_pages import CODEC, history
from benchmarks.over_sample import view
from benchmarks.programs import Program, cosmos, listening
from benchmarks.sides import DATABASE, running
from shared.cosmos import CosmosFeedPages, CosmosRows
from shared.kernel import Key
from shared.lag import WHOLE
from shared.ports import RowWrite
from shared.runtime import App

ORDERS: Final = 1000
EVENTS: Final = 5 * ORDERS
PAGE: Final = 1000
ROUNDS: Final = 7

_WHY: Final = (
    "Of our CPU half is the engine's (a quarter of that the decoding, another the rows' way to and from bytes), a "
    "tenth the feed's way in, and more than a third the server's, mostly for two operations on each row, which it "
    "checks, indexes and logs for readers of its own: the server alone spends as much as the aim allows both. The "
    "runner has no server, its events and its rows are a function call away; our app alone is three times as cheap."
)
_WHY_WALL: Final = (
    "Server and app take turns on a page, so that what both spend adds up and each waits for the other to wake. The "
    "runner's wall is its CPU and the commit of each event, which on a quick disk is little: with SQLite's own "
    "synchronous FULL, as the package comes, it would be more."
)


@dataclass(slots=True)
class Feed:
    """The app over one server, which goes on reading where it stopped."""

    app: App
    server: Program
    position: str | None = None

    async def once(self) -> Spent:
        """CPU of both programs, the server's with it, from the first read of the feed to the last row."""
        await self._filled()
        pages, engine = CosmosFeedPages(CosmosRows(self.app.account, DATABASE)), self.app.pipeline
        events, began = 0, self.server.cpu_seconds()
        with Stretch() as spent:
            while events < EVENTS:
                page = await pages.page("orders", WHOLE, self.position, most=PAGE)
                assert page
                await engine.take(view(), page.items)
                events, self.position = events + len(page.items), page.position
        spent.cpu += self.server.cpu_seconds() - began
        return spent

    async def _filled(self) -> None:
        many, run = self.app.pipeline.engine.many, uuid4().hex
        assert many
        for numbers in batched(range(ORDERS), PAGE // 5, strict=True):
            events = [each for number in numbers for each in history(f"{run}-{number}", f"customer-{run}-{number}")]
            writes = [RowWrite(Key(each.stream, f"{each.sequence:06d}"), CODEC.encode(each), None) for each in events]
            assert all(isinstance(each, str) for each in await many.write_all("orders", writes))


async def _rounds(server: Program) -> list[tuple[Spent, Spent]]:
    async with running(server.url) as app:
        feed = Feed(app, server)
        await feed.once(), runner_style.run(ORDERS)
        return [(await feed.once(), runner_style.run(ORDERS)) for _ in range(ROUNDS)]


@cache
def measured() -> list[tuple[Spent, Spent]]:
    """One run serves both claims."""
    with TemporaryDirectory(dir=".") as folder:
        file = str(Path(folder) / "cosmos.sqlite")
        with listening(cosmos("--ranges", "1", "--data", file)) as server:
            return asyncio.run(_rounds(server))


def _wall() -> Ratio:
    return _ratio([(ours.wall, theirs.wall) for ours, theirs in measured()], 0.8)


def _cpu() -> Ratio:
    return _ratio([(ours.cpu, theirs.cpu) for ours, theirs in measured()], 0.6)


def _ratio(pairs: list[tuple[float, float]], bound: float) -> Ratio:
    ratio = median_ratio(pairs)
    ours, theirs = (1e6 * sum(side) / len(pairs) / EVENTS for side in zip(*pairs, strict=True))
    return Ratio(ratio, bound, f"{1 / ratio:.1f} times less; {ours:.0f} us an event, the runner {theirs:.0f} us")


OVER_RUNNER: Final = (
    Claim(
        "runner-wall",
        "a view takes at most 0.8 of the time of pyeventsourcing's projection runner",
        _wall,
        Aim(1 / 15, _WHY_WALL),
    ),
    Claim("runner-cpu", "and at most 0.6 of its CPU, our server included", _cpu, Aim(1 / 6, _WHY)),
)
