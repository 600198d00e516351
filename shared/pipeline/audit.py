"""Recomputes every total twice, from its ledger and from the orders' own events, and says where they differ."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.kernel import Poison, Tally
from shared.kernel.tally import Amounts, plus
from shared.pipeline.buckets import TOTAL
from shared.pipeline.codec import EventCodec, is_event, readable
from shared.ports import Item, Sweep


@dataclass(frozen=True, slots=True)
class Difference:
    """`against` says what the stored total was compared with."""

    tally: str
    partition: str
    against: Literal["ledger", "orders"]
    stored: Amounts
    expected: Amounts

    def as_row(self) -> dict[str, object]:
        return {
            "tally": self.tally,
            "partition": self.partition,
            "against": self.against,
            "stored": dict(self.stored),
            "expected": dict(self.expected),
        }


@dataclass(frozen=True, slots=True)
class Audit:
    """Reads everything once, and keeps one line for each order. Meant for a feed that is settled."""

    codec: EventCodec[Any]
    sweep: Sweep
    orders: str

    async def of(self, tally: Tally[Any, Any]) -> Sequence[Difference]:
        stored, ledgers = await self._kept(tally)
        counted = await self._counted(tally)
        partitions = sorted({*stored, *ledgers, *counted})
        compared: tuple[tuple[Literal["ledger", "orders"], dict[str, dict[str, int]]], ...] = (
            ("ledger", ledgers),
            ("orders", counted),
        )
        return [
            Difference(tally.name, each, against, _without_zeros(stored, each), _without_zeros(expected, each))
            for each in partitions
            for against, expected in compared
            if _without_zeros(stored, each) != _without_zeros(expected, each)
        ]

    async def _kept(self, tally: Tally[Any, Any]) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        stored: dict[str, dict[str, int]] = {}
        ledgers: dict[str, dict[str, int]] = {}
        async for item in self.sweep.everything(tally.container):
            side = stored if item["id"] == TOTAL else ledgers
            partition = str(item["bucket"])
            side[partition] = plus(side.get(partition, {}), _amounts(item))
        return stored, ledgers

    async def _counted(self, tally: Tally[Any, Any]) -> dict[str, dict[str, int]]:
        lines = await self._lines(tally)
        counted: dict[str, dict[str, int]] = {}
        for stream, line in lines.items():
            for bucket, amounts in tally.amounts(line).items():
                partition = tally.partition(bucket, stream)
                counted[partition] = plus(counted.get(partition, {}), amounts)
        return counted

    async def _lines(self, tally: Tally[Any, Any]) -> dict[str, Any]:
        """Each order's line, folded as far as it can be read: what lies behind that is parked, not counted."""
        lines: dict[str, Any] = {}
        ended: set[str] = set()
        async for item in _events(self.sweep.everything(self.orders)):
            stream = str(item.get("orderId"))
            if stream in ended:
                continue
            try:
                lines[stream] = tally.evolve(lines.get(stream), readable(self.codec.decode(item)))
            except Poison:
                ended.add(stream)
        return {stream: line for stream, line in lines.items() if line is not None}


async def _events(items: AsyncIterator[Item]) -> AsyncIterator[Item]:
    async for item in items:
        if is_event(item):
            yield item


def _amounts(item: Item) -> dict[str, int]:
    amounts = item.get("amounts")
    return {str(name): int(value) for name, value in amounts.items()} if isinstance(amounts, dict) else {}


def _without_zeros(sums: dict[str, dict[str, int]], partition: str) -> dict[str, int]:
    return {name: value for name, value in sums.get(partition, {}).items() if value}
