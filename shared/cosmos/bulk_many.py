"""Many rows at hand at once: no waiting for company, and no task for each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from shared.cosmos.bulk_delivery import Asked, sendable
from shared.cosmos.bulk_operation import Answer, Operation
from shared.cosmos.rows import CosmosRows
from shared.kernel import Conflict, Failure, Key, Transient
from shared.observer import charged
from shared.ports import RowWrite, Stored

# Of those that have no company in their range.
_ALONE_AT_ONCE: Final = 32


class ManyInBulk:
    """A `ManyRows`; `deliver` brings operations on a container to their ranges and settles each."""

    def __init__(self, rows: CosmosRows, deliver: Callable[[str, list[Asked]], Awaitable[None]]) -> None:
        self._rows, self._deliver = rows, deliver

    async def read_all(self, container: str, keys: Sequence[Key]) -> Sequence[Stored | Failure | None]:
        operations = [Operation("Read", key) for key in keys]
        answers = await self._answered(container, operations)

        async def alone(operation: Operation) -> Stored | None:
            return await self._rows.read(container, operation.key)

        lone = iter(await _alone(alone, operations, answers))
        return [
            next(lone) if answer is None else _found(container, operation, answer)
            for operation, answer in zip(operations, answers, strict=True)
        ]

    async def write_all(self, container: str, writes: Sequence[RowWrite]) -> Sequence[str | Failure]:
        operations = [
            Operation("Create" if each.etag is None else "Replace", each.key, each.item, each.etag) for each in writes
        ]
        answers = await self._answered(container, operations)

        async def alone(operation: Operation) -> str:
            item = operation.item or {}
            if operation.etag is None:
                return await self._rows.create(container, operation.key, item)
            return await self._rows.replace(container, operation.key, item, etag=operation.etag)

        lone = iter(await _alone(alone, operations, answers))
        return [
            next(lone) if answer is None else _written(container, operation, answer)
            for operation, answer in zip(operations, answers, strict=True)
        ]

    async def _answered(self, container: str, operations: Sequence[Operation]) -> list[Answer | Transient | None]:
        """None for each that has to be a request of its own."""
        loop = asyncio.get_running_loop()
        texts = [(operation, sendable(operation)) for operation in operations]
        asked = [None if text is None else Asked(operation, text, loop.create_future()) for operation, text in texts]
        if together := [each for each in asked if each]:
            await self._deliver(container, together)
        answers = [each.answer.result() if each else None for each in asked]
        charged(sum(answer.charge for answer in answers if isinstance(answer, Answer)))
        return answers


async def _alone[T](
    call: Callable[[Operation], Awaitable[T]],
    operations: Sequence[Operation],
    answers: Sequence[Answer | Transient | None],
) -> list[T | Failure]:
    room = asyncio.Semaphore(_ALONE_AT_ONCE)

    async def end(operation: Operation) -> T | Failure:
        async with room:
            try:
                return await call(operation)
            except Failure as failure:
                return failure

    lone = (operation for operation, answer in zip(operations, answers, strict=True) if answer is None)
    return list(await asyncio.gather(*map(end, lone)))


def _found(container: str, operation: Operation, answer: Answer | Transient) -> Stored | Failure | None:
    if isinstance(answer, Transient):
        return operation.own(answer, container)
    if answer.is_missing:
        return None
    if answer.is_refused or answer.item is None:
        return answer.failure(f"{container} {operation.key.id}", writes=False)
    return Stored(answer.item, etag=answer.item["_etag"])


def _written(container: str, operation: Operation, answer: Answer | Transient) -> str | Failure:
    if isinstance(answer, Transient):
        return operation.own(answer, container)
    if answer.is_missing:
        return Conflict(f"{container} {operation.key.id}: the item is gone")
    if answer.is_refused:
        return answer.failure(f"{container} {operation.key.id}", writes=True)
    return answer.etag
