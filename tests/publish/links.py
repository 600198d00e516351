"""A way into a hub that has room for little and meets every trouble there is."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from shared.eventhubs.partition_key import partition_of
from shared.kernel import Poison, Transient

PARTITIONS: Final = 3
ROOM: Final = 4


@dataclass
class SmallBatch:
    """Room for messages of so many bytes together."""

    partition: int
    room: int
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    def add(self, key: str, message: bytes) -> bool:
        if sum(len(each) for _, each in self.taken) + len(message) > self.room:
            return False
        self.taken.append((key, message))
        return True

    def __len__(self) -> int:
        return len(self.taken)


@dataclass
class FakeLink:
    """`arrived` is what each partition holds, in its order; `trouble` how often of ten times a call fails."""

    chance: random.Random = field(default_factory=random.Random)
    trouble: int = 0
    room: int = ROOM
    refuses_over: int = 1_000
    is_away: bool = False
    arrived: list[tuple[int, str, bytes]] = field(default_factory=list)
    batches: list[SmallBatch] = field(default_factory=list)
    on_the_way: Counter[int] = field(default_factory=Counter)

    async def partitions(self) -> int:
        await self._some_time()
        return PARTITIONS

    async def new_batch(self, partition: int) -> SmallBatch:
        await self._some_time()
        self._maybe("no link")
        return SmallBatch(partition, self.room)

    async def send(self, batch: SmallBatch) -> None:
        """Refused, lost before or after it arrived, or safe."""
        assert batch.taken
        self.on_the_way[batch.partition] += 1
        assert self.on_the_way[batch.partition] == 1, "two batches at once for one partition"
        self.batches.append(batch)
        try:
            await self._some_time()
            self._maybe("refused")
            if sum(len(message) for _, message in batch.taken) > self.refuses_over:
                raise Poison("too_large", "more than the link had allowed")
            for key, message in batch.taken:
                assert partition_of(key, PARTITIONS) == batch.partition
                self.arrived.append((batch.partition, key, message))
            await self._some_time()
            self._maybe("the answer was lost")
        finally:
            self.on_the_way[batch.partition] -= 1

    def of(self, key: str) -> list[bytes]:
        """What has arrived under a key, in order, without what came again."""
        return list(dict.fromkeys(message for _, at, message in self.arrived if at == key))

    def _maybe(self, what: str) -> None:
        if self.is_away or self.chance.randrange(10) < self.trouble:
            raise Transient(what)

    async def _some_time(self) -> None:
        for _ in range(self.chance.randrange(4)):
            await asyncio.sleep(0)
