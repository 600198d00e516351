"""Stores for gateways: one fails where it is told to, one lets others in between any two steps, one lists."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateways.stock import LEVEL, STOCK, Hold, hold_of, level_of
from shared.kernel import Failure
from shared.ports import BucketStore, Item, Stored, Write
from tests.fakes import FakeBuckets


@dataclass
class Unreliable:
    """Fails its n-th call with each failure named for it, before or after the call took effect."""

    store: BucketStore
    troubles: Mapping[int, Failure]
    after_effect: bool = False
    calls: int = 0

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        trouble = self._next()
        found = await self.store.read(container, partition, ids)
        if trouble:
            raise trouble
        return found

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        trouble = self._next()
        if trouble and not self.after_effect:
            raise trouble
        etags = await self.store.commit(container, partition, writes)
        if trouble:
            raise trouble
        return etags

    def _next(self) -> Failure | None:
        self.calls += 1
        return self.troubles.get(self.calls)


@dataclass
class Crowded:
    """Reads item by item as the real store does, lets others run at random places, checks the stock law always."""

    chance: random.Random
    fake: FakeBuckets = field(default_factory=FakeBuckets)

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        found: dict[str, Stored] = {}
        for name in ids:
            await self._let_others_in()
            found |= await self.fake.read(container, partition, [name])
        await self._let_others_in()
        return found

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        await self._let_others_in()
        etags = await self.fake.commit(container, partition, writes)
        assert_stock_law(self.fake)
        await self._let_others_in()
        return etags

    async def _let_others_in(self) -> None:
        for _ in range(self.chance.randint(0, 3)):
            await asyncio.sleep(0)


@dataclass(frozen=True)
class FakePartitions:
    fake: FakeBuckets

    async def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        for (held, key, _), stored in list(self.fake.items.items()):
            if (held, key) == (container, partition):
                yield stored.item


def assert_stock_law(fake: FakeBuckets) -> None:
    """For every product with a level: available + held + consumed = received, nothing negative."""
    for (container, product, name), stored in fake.items.items():
        if (container, name) != (STOCK, LEVEL):
            continue
        level = level_of(stored.item)
        taken = sum(hold.quantity for hold in _holds(fake, product) if hold.state in {"held", "consumed"})
        assert level.available >= 0, product
        assert level.available + taken == level.received, product


def _holds(fake: FakeBuckets, product: str) -> list[Hold]:
    return [
        hold_of(stored.item)
        for (container, partition, name), stored in fake.items.items()
        if (container, partition) == (STOCK, product) and name != LEVEL
    ]
