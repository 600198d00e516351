"""One page out of a partition, or out of several as if they were one: a bounded, declared fan-out."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import Final

from shared.ports import Item, PageStore, Place, Slice

# Each row asked for and not shown costs as much as one that is; asking again costs a round trip, on few pages.
_DEVIATIONS: Final = 3

type Found = dict[str, Sequence[Item]]


@dataclass(frozen=True, slots=True)
class Page:
    """`end` is where the next page goes on; None when there is nothing after this one."""

    rows: Sequence[Item]
    end: Place | None


async def page(store: PageStore, container: str, partitions: Sequence[str], wanted: Slice) -> Page:
    """Every partition is asked at once for its likely share; one that may hold more of the page is asked once again.

    A row keeps its place for ever, so rows that come or change while somebody pages never move the others: what was
    there at the first page, and still is wanted, is shown exactly once.
    """
    # One more than wanted tells whether there is a next page.
    asked = replace(wanted, limit=wanted.limit + 1)
    share = _share(asked.limit, len(partitions))
    found = await _newest(store, container, dict.fromkeys(partitions, replace(asked, limit=share)))
    rest = {
        partition: replace(asked, limit=asked.limit - share, after=wanted.place(found[partition][-1]))
        for partition in _cut_short(found, share, asked)
    }
    more = await _newest(store, container, rest)
    rows = _merged([*found.values(), *more.values()], asked)
    end = wanted.place(rows[wanted.limit - 1]) if len(rows) > wanted.limit else None
    return Page(rows[: wanted.limit], end)


def _share(limit: int, partitions: int) -> int:
    """What one partition holds of a page at most, nearly always, when a hash decides where a row goes."""
    if partitions <= 1:
        return limit
    mean = limit / partitions
    return min(limit, ceil(mean + _DEVIATIONS * sqrt(mean)))


def _cut_short(found: Found, share: int, asked: Slice) -> list[str]:
    """Partitions that gave all they were asked for and may have more above the end of the page."""
    merged = _merged(found.values(), asked)
    end = asked.place(merged[-1]) if len(merged) == asked.limit else None
    full = [partition for partition, rows in found.items() if len(rows) == share < asked.limit]
    return [partition for partition in full if end is None or asked.place(found[partition][-1]) > end]


def _merged(parts: Iterable[Sequence[Item]], asked: Slice) -> list[Item]:
    return sorted((row for rows in parts for row in rows), key=asked.place, reverse=True)[: asked.limit]


async def _newest(store: PageStore, container: str, wanted: Mapping[str, Slice]) -> Found:
    """Raises the first failure of any partition; the other queries are cancelled."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {
                partition: group.create_task(store.newest(container, partition, each))
                for partition, each in wanted.items()
            }
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return {partition: task.result() for partition, task in tasks.items()}
