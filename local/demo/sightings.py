"""When each row of the view was first seen, by following the view's own change feed."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import ceil
from time import monotonic
from typing import Final

from azure.cosmos.aio import ContainerProxy

from local.demo.store import changes

# The finest difference the measured latency can show.
LOOK_EVERY: Final = timedelta(milliseconds=10)


async def watch(rows: ContainerProxy, first_seen: dict[str, float]) -> None:
    """Runs until it is cancelled."""
    position: str | None = None
    while True:
        found, position = await changes(rows, position)
        now = monotonic()
        for item in found:
            first_seen.setdefault(item["id"], now)
        await asyncio.sleep(LOOK_EVERY.total_seconds())


def latencies_ms(answered_at: Mapping[str, float], first_seen: Mapping[str, float]) -> list[float]:
    """Sorted; 0 where the row was seen before its order's answer was read."""
    both = answered_at.keys() & first_seen.keys()
    return sorted(max(0.0, first_seen[order_id] - answered_at[order_id]) * 1000 for order_id in both)


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The smallest value that at least `percent` of all do not exceed; None of nothing."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)] if ordered else None
