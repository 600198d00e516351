"""Writers in each other's way, on a store in trouble: the writes of a row that went through form one chain."""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field

from shared.cosmos.bulk import BulkRows
from shared.kernel import Conflict, Key, Transient, Unknown
from tests.contracts.stores.bulk.control import VIEW, Control

WRITERS = 40
TURNS = 125
ROWS = [Key(f"c{n % 20}", f"o{n}") for n in range(100)]


@dataclass
class Chain:
    """What the writers of one row were told: which version took the place of which.

    A delete is also done when somebody else has deleted the row, be it in a later version.
    """

    created: list[str] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    def replace(self, old: str, new: str) -> None:
        assert old not in self.replaced, "two writers replaced the same version"
        self.replaced[old] = new

    def check(self, stored: str | None) -> None:
        """Every version was written once, and ended once, except the one that is there."""
        written = [*self.created, *self.replaced.values()]
        assert len(written) == len(set(written))
        assert set(written) - self.deleted - self.replaced.keys() == ({stored} if stored else set())


async def test_10_000_operations_of_writers_in_conflict_end_as_they_were_told(rows: BulkRows, control: Control) -> None:
    chains: defaultdict[Key, Chain] = defaultdict(Chain)
    await control.trouble(operation="BulkRow", status=429, substatus=3200, retry_after_ms=1, probability=0.05)
    await control.trouble(operation="BulkRow", status=449, probability=0.05, seed=1)
    await control.trouble(operation="Bulk", status=429, substatus=3200, retry_after_ms=1, probability=0.05, seed=2)

    async def writer(seed: int) -> int:
        draw, refused = random.Random(seed), 0  # noqa: S311 - repeatable choices
        for turn in range(TURNS):
            key = draw.choice(ROWS)
            try:
                await _step(rows, key, chains[key], draw, turn)
            except Unknown:
                raise
            except (Conflict, Transient):
                refused += 1
        return refused

    async def reshape() -> None:
        for _ in range(4):
            await control.split(str((await control.ranges())[0]["id"]))

    refused, _ = await asyncio.gather(asyncio.gather(*map(writer, range(WRITERS))), reshape())

    await control.peace()
    found = await asyncio.gather(*(rows.read(VIEW, key) for key in ROWS))
    for key, stored in zip(ROWS, found, strict=True):
        chains[key].check(stored.etag if stored else None)
    assert WRITERS * TURNS * 0.1 < sum(refused) < WRITERS * TURNS * 0.9


async def _step(rows: BulkRows, key: Key, chain: Chain, draw: random.Random, turn: int) -> None:
    """Two operations: a read, and a write of what was read."""
    item: dict[str, object] = {"id": key.id, "customerId": key.partition, "mark": turn}
    stored = await rows.read(VIEW, key)
    if stored is None:
        chain.created.append(await rows.create(VIEW, key, item))
    elif draw.random() < 0.2:
        await rows.delete(VIEW, key, etag=stored.etag)
        chain.deleted.add(stored.etag)
    else:
        chain.replace(stored.etag, await rows.replace(VIEW, key, item, etag=stored.etag))
