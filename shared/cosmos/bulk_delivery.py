"""Brings operations to the ranges that hold them, and each its answer, whatever ranges and requests go through."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from azure.cosmos.exceptions import CosmosHttpResponseError

from shared.cosmos.bulk_operation import Answer, Operation
from shared.cosmos.bulk_request import MOST_BYTES, MOST_OPERATIONS, send
from shared.cosmos.bulk_support import Support
from shared.cosmos.failures import translated
from shared.cosmos.ranges import Ranges
from shared.cosmos.routing import Route
from shared.kernel import Failure, Transient

# A split or merge takes one more way; who still meets a range that is gone comes back as Transient.
_MOST_WAYS: Final = 4
_GONE: Final = Answer(HTTPStatus.GONE, 1002)
_ANSWERS_TOO_LARGE: Final = 3402


@dataclass(slots=True, eq=False)
class Asked:
    """An operation and the promise of its answer.

    A Transient is the fate of the whole request; None means that the operation is to be tried as a request of its own.
    """

    operation: Operation
    text: bytes
    answer: asyncio.Future[Answer | Transient | None]

    def settle(self, answer: Answer | Transient | None) -> None:
        # Who asked may have gone.
        if not self.answer.done():
            self.answer.set_result(answer)


def sendable(operation: Operation) -> bytes | None:
    """Its text, unless it has to be a request of its own: too large, or nothing that can be written as it is."""
    try:
        text = operation.text()
    except (TypeError, ValueError):
        return None
    return text if len(text) < MOST_BYTES else None


async def deliver(route: Route, support: Support, asked: Sequence[Asked]) -> None:
    """Every operation is settled in the end."""
    for _ in range(_MOST_WAYS):
        ranges = route.ranges
        asked = await _sent(route, ranges, support, asked)
        if not asked:
            return
        try:
            await route.renew(ranges)
        except Transient as away:
            _settle(asked, away)
            return
    _settle(asked, _GONE)


async def _sent(route: Route, ranges: Ranges, support: Support, asked: Sequence[Asked]) -> list[Asked]:
    """What has to take another way, because its range is gone."""
    async with asyncio.TaskGroup() as group:
        ways = [group.create_task(_batch(route, name, support, batch)) for name, batch in _batches(ranges, asked)]
    return [moved for way in ways for moved in way.result()]


def _batches(ranges: Ranges, asked: Sequence[Asked]) -> Iterator[tuple[str, list[Asked]]]:
    """What goes into one request, with the id of its range."""
    by_range: defaultdict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        if not each.answer.done():
            by_range[ranges.holding(each.operation.key.partition)].append(each)
    for name, mine in by_range.items():
        batch: list[Asked] = []
        size = 0
        for each in mine:
            size += len(each.text) + 1
            if size >= MOST_BYTES or len(batch) == MOST_OPERATIONS:
                yield name, batch
                batch, size = [], len(each.text) + 1
            batch.append(each)
        yield name, batch


async def _batch(route: Route, name: str, support: Support, batch: Sequence[Asked]) -> Sequence[Asked]:
    """What the range does not hold."""
    partition = batch[0].operation.key.partition
    if len(batch) == 1 or not await support.is_there(route.container, name, partition):
        return _settle(batch, None)
    try:
        with translated(f"range {name}", writes=True):
            answers = await send(route.container, name, partition, [each.text for each in batch])
    except Transient as failure:
        return batch if _status(failure) == HTTPStatus.GONE else _settle(batch, failure)
    except Failure as failure:
        if _status(failure) != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return _settle(batch, None)
        half = len(batch) // 2
        return [
            *await _batch(route, name, support, batch[:half]),
            *await _batch(route, name, support, batch[half:]),
        ]
    return _settled(batch, answers)


def _settled(batch: Sequence[Asked], answers: Sequence[Answer]) -> Sequence[Asked]:
    moved: list[Asked] = []
    for each, answer in zip(batch, answers, strict=True):
        if answer.status == HTTPStatus.GONE:
            moved.append(each)
        elif answer.substatus == _ANSWERS_TOO_LARGE:
            each.settle(None)
        else:
            each.settle(answer)
    return moved


def _settle(asked: Sequence[Asked], answer: Answer | Transient | None) -> Sequence[Asked]:
    """All alike; nothing is left of them."""
    for each in asked:
        each.settle(answer)
    return ()


def _status(failure: Failure) -> int | None:
    match failure.__cause__:
        case CosmosHttpResponseError(status_code=int(status)):
            return status
        case _:
            return None
