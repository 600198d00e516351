"""Waits until everything has happened that follows from what was asked: feeds at their tails, sagas ended."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import Final, Protocol

from local.demo.rows import Json

LOOK_EVERY: Final = timedelta(milliseconds=100)
# Each look at the sagas is a read of the app's account, and counted as the app's own.
LOOK_AT_SAGAS_EVERY: Final = timedelta(milliseconds=500)
PATIENCE: Final = timedelta(seconds=60)


class NotSettled(Exception):  # noqa: N818 - the state it found
    """Nothing has moved for too long."""


def is_settled(feeds: Sequence[Json]) -> bool:
    """All leases are owned, too: a lag that nobody has looked at for long may be an old one."""
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


class Changes(Protocol):
    async def changes(self, name: str, after: str | None) -> tuple[list[Json], str]:
        """What changed in a container after a position, with the new position; None is the beginning."""
        ...


def is_running(saga: Json) -> bool:
    """One that has ended is due no more."""
    return "dueAt" in saga


async def sagas_ended(stored: Changes, show: Callable[[int], None], *, patience: timedelta = PATIENCE) -> None:
    """`show` is told how many still run. Raises NotSettled when some do and none of them moved for `patience`.

    It knows only the sagas that have begun, so every feed has to be at its tail before.
    """
    running, position, moved_at = dict[str, Json](), None, monotonic()
    while True:
        changed, position = await stored.changes("sagas", position)
        for saga in changed:
            running.pop(saga["orderId"], None)
            if is_running(saga):
                running[saga["orderId"]] = saga
        show(len(running))
        if not running:
            return
        if changed:
            moved_at = monotonic()
        elif monotonic() - moved_at > patience.total_seconds():
            raise NotSettled(f"no saga moved for {patience.total_seconds():.0f} s: {_phases(running)}")
        await asyncio.sleep(LOOK_AT_SAGAS_EVERY.total_seconds())


def _phases(running: Mapping[str, Json]) -> str:
    return "; ".join(
        f"{order_id} is in {saga['entered'][-1]['phase']}, "
        + ", ".join(f"asked for {each['name']} {each['attempts']} times" for each in saga["asked"] if "dueAt" in each)
        for order_id, saga in running.items()
    )


def _places(feeds: Sequence[Json]) -> str:
    return "; ".join(
        f"{feed['consumer']} is {feed['lag']} behind and owns {feed['owned']} of {feed['leases']} leases"
        for feed in feeds
    )
