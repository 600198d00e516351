"""Whole batches of many keys: whatever strikes the workers, each key's row is the fold of what it has seen."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel import Failure, Key, Throttled, Unknown
from shared.pipeline import Pipeline
from shared.ports import Item, Stored
from tests.fakes import FakeRows, Killed
from tests.pipeline.lanes.feeds import Events, Feed, mixed, text
from tests.pipeline.lanes.notes import folded, noted

streams = st.dictionaries(
    st.sampled_from([f"s{n}" for n in range(8)]), st.text("NNNPIXDQ", min_size=1, max_size=5), min_size=1, max_size=6
)
seeds = st.integers(0, 2**32)


class Shaky(FakeRows):
    """Lets others run before each operation; then it may be throttled, never answered, or the end of the process."""

    def __init__(self, chance: random.Random, *, trouble: float) -> None:
        super().__init__()
        self._chance, self.trouble = chance, trouble

    async def read(self, container: str, key: Key) -> Stored | None:
        await self._struck(Killed, Throttled)
        return await super().read(container, key)

    async def create(self, container: str, key: Key, item: Item) -> str:
        await self._struck(Killed, Unknown, Throttled)
        etag = await super().create(container, key, item)
        await self._struck(Killed, Unknown)
        return etag

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        await self._struck(Killed, Unknown, Throttled)
        etag = await super().replace(container, key, item, etag=etag)
        await self._struck(Killed, Unknown)
        return etag

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await self._struck(Killed, Unknown, Throttled)
        await super().delete(container, key, etag=etag)
        await self._struck(Killed, Unknown)

    async def _struck(self, *by: type[BaseException]) -> None:
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)
        if self._chance.random() < self.trouble:
            raise self._chance.choice(by)("struck")


@dataclass
class Life:
    """Two workers and a releaser on one feed; the second worker may have lost its lease, and have older code."""

    feed: Feed
    events: Events
    chance: random.Random
    acknowledged: int = 0
    furthest: int = 0
    version: int = 0

    async def lived(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._worker())
            group.create_task(self._zombie())
            group.create_task(self._releaser())
            group.create_task(self._witness())

    async def _witness(self) -> None:
        """Looks at every row between any two operations of the store."""
        while self.acknowledged < len(self.events):
            seen = Counter(event.stream for event in self.events[: self.furthest])
            for stream, kinds in self.feed.streams.items():
                mark, row = int(str(self.feed.row(stream)["mark"])), self.feed.seen(stream)
                assert row == folded(kinds[:mark])
                assert "stale" in self.feed.row(stream) or row == folded(kinds[: max(mark, seen[stream])])
                assert "stale" not in self.feed.row(stream) or stream in self.feed.parked()
            await asyncio.sleep(0)

    async def _worker(self) -> None:
        """The feed's own: it goes on only behind what was acknowledged, and comes back to it after each trouble."""
        process, attempts = self.feed.process(), count(1)
        while self.acknowledged < len(self.events):
            end = min(len(self.events), self.acknowledged + self.chance.randint(1, 6))
            if await self._delivered(process, self.acknowledged, end, version=self.version, attempt=next(attempts)):
                self.acknowledged, attempts = end, count(1)
                self.furthest = max(self.furthest, end)
                if self.chance.random() < 0.1:
                    self.acknowledged = self.chance.randrange(end)
            else:
                process = self.feed.process(young=self.chance.random() < 0.5)
            if self.chance.random() < 0.2:
                self.version = min(self.version + 1, self.feed.last_version)

    async def _zombie(self) -> None:
        for _ in range(3):
            start = self.chance.randint(0, self.acknowledged)
            version = self.chance.randint(0, self.version)
            await self._delivered(self.feed.process(), start, start + 4, version=version, attempt=1)

    async def _releaser(self) -> None:
        for _ in range(4):
            for stream in list(self.feed.parked()):
                try:
                    await self.feed.release(stream, version=self.version)
                except (Failure, Killed):
                    continue
            await asyncio.sleep(0)

    async def _delivered(self, process: Pipeline, start: int, end: int, *, version: int, attempt: int) -> bool:
        delivered = False
        try:
            await process.run(self.feed.project(version), text(self.events[start:end]), attempt=attempt)
            delivered = True
        except* (Failure, Killed):
            pass
        return delivered


async def _lived(spelt: dict[str, str], seed: int) -> Feed:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    rows = Shaky(chance, trouble=0.02)
    feed = Feed(spelt, rows=rows)
    life = Life(feed, mixed(spelt, chance), chance)
    await life.lived()
    rows.trouble = 0
    assert feed.watch.gap is None
    return feed


@given(streams, seeds)
@settings(max_examples=60, deadline=None)
async def test_whatever_strikes_every_row_is_the_fold_of_its_events_and_a_release_ends_all_trouble(
    spelt: dict[str, str], seed: int
) -> None:
    feed = await _lived(spelt, seed)

    await feed.release_all()

    assert feed.whole()


@pytest.mark.long
@given(streams, seeds)
@settings(max_examples=10_000, deadline=None)
async def test_so_it_is_in_many_lives(spelt: dict[str, str], seed: int) -> None:
    feed = await _lived(spelt, seed)

    await feed.release_all()

    assert feed.whole()


async def test_99_keys_are_applied_while_one_is_parked() -> None:
    healthy = {f"s{n}": "NN" for n in range(99)}
    feed = Feed({"bad": "PN"} | healthy)

    await feed.deliver(event for stream, kinds in feed.streams.items() for event in noted(kinds, stream))

    assert all(feed.seen(stream) == folded("NN") for stream in healthy)
    assert set(feed.parked()) == {"bad"}


async def test_followers_of_a_parked_key_burn_no_attempts() -> None:
    feed = Feed({"bad": "PNNN", "good": "NN"})
    await feed.deliver([*noted("PN", "bad"), *noted("N", "good")])

    await feed.deliver([*noted("PNNN", "bad")[2:], *noted("NN", "good")[1:]])
    await feed.deliver(noted("PN", "bad"))

    assert [call for call in feed.watch.calls if call[0] == "bad"] == [("bad", 1)]
    assert feed.seen("good") == folded("NN")
    assert feed.parked()["bad"]["last"] == 4
