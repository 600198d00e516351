"""Waits until every consumer is at the tail of its feed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Final

from local.demo.rows import Json

LOOK_EVERY: Final = timedelta(milliseconds=100)
PATIENCE: Final = timedelta(seconds=60)


class NotSettled(Exception):  # noqa: N818 - the state it found
    """Nothing has moved for too long."""


def is_settled(feeds: Sequence[Json]) -> bool:
    return bool(feeds) and all(feed["lag"] == 0 and 0 < feed["leases"] == feed["owned"] for feed in feeds)


async def settled(
    read_feeds: Callable[[], Awaitable[Sequence[Json]]],
    show: Callable[[int], None],
    *,
    patience: timedelta = PATIENCE,
) -> None:
    """`show` is told the changes still to come. Raises NotSettled when none of the feeds moved for `patience`."""
    last, moved_at = await read_feeds(), monotonic()
    while not is_settled(last):
        show(sum(feed["lag"] for feed in last))
        if monotonic() - moved_at > patience.total_seconds():
            raise NotSettled(f"no feed moved for {patience.total_seconds():.0f} s: {_places(last)}")
        await asyncio.sleep(LOOK_EVERY.total_seconds())
        now = await read_feeds()
        if now != last:
            last, moved_at = now, monotonic()
    show(0)


def _places(feeds: Sequence[Json]) -> str:
    return "; ".join(
        f"{feed['consumer']} is {feed['lag']} behind and owns {feed['owned']} of {feed['leases']} leases"
        for feed in feeds
    )
