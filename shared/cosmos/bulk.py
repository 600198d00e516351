"""Rows in bulk: what is asked for in the same moment goes out in one request for each physical range.

A `RowStore` whose calls mean and raise what those of `CosmosRows` do. A call that comes alone is one to `CosmosRows`,
and so is each that a bulk request was refused with as a whole: that says nothing about any one of them.

Reads are as current as the account's consistency, which has to be bounded staleness: the SDK keeps no session token of
a bulk request.
"""

import asyncio
from typing import Final

from shared.cosmos.bulk_delivery import Asked, deliver, sendable
from shared.cosmos.bulk_many import ManyInBulk
from shared.cosmos.bulk_operation import Answer, Operation
from shared.cosmos.bulk_support import Assumed, Probed, Support
from shared.cosmos.routing import Routing
from shared.cosmos.rows import CosmosRows
from shared.kernel import Conflict, Failure, Key, Transient
from shared.observer import charged
from shared.ports import Item, ManyRows, RowStore, Stored
from shared.settings import Writes

# So many turns of the event loop a call waits for others, as long as every turn brings some.
_MOST_TURNS: Final = 8


def rows_written(rows: CosmosRows, way: Writes) -> RowStore:
    """`auto` asks the store once whether it takes bulk requests, and goes on one by one when it does not."""
    match way:
        case "points":
            return rows
        case "bulk":
            return BulkRows(rows, Assumed())
        case "auto":
            return BulkRows(rows, Probed())


def many_written(rows: RowStore) -> ManyRows | None:
    """Many rows at once where they go in bulk; None where each is a request of its own anyway."""
    return rows.many() if isinstance(rows, BulkRows) else None


class BulkRows:
    """A `RowStore` over all containers of one database; one for each event loop."""

    def __init__(self, rows: CosmosRows, support: Support) -> None:
        self._rows, self._support, self._routing = rows, support, Routing(rows)
        self._waiting: dict[str, list[Asked]] = {}
        self._under_way: dict[asyncio.Task[None], list[Asked]] = {}

    async def read(self, container: str, key: Key) -> Stored | None:
        operation = Operation("Read", key)
        answer = await self._answer(container, operation)
        if answer is None:
            return await self._rows.read(container, key)
        if answer.is_missing:
            return None
        item = _accepted(answer, container, operation).item or {}
        return Stored(item, etag=item["_etag"])

    async def create(self, container: str, key: Key, item: Item) -> str:
        operation = Operation("Create", key, item)
        answer = await self._answer(container, operation)
        if answer is None:
            return await self._rows.create(container, key, item)
        return _accepted(answer, container, operation).etag

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        operation = Operation("Replace", key, item, etag)
        answer = await self._answer(container, operation)
        if answer is None:
            return await self._rows.replace(container, key, item, etag=etag)
        if answer.is_missing:
            raise Conflict(f"{container} {key.id}: the item is gone")
        return _accepted(answer, container, operation).etag

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        operation = Operation("Delete", key, etag=etag)
        answer = await self._answer(container, operation)
        if answer is None:
            await self._rows.delete(container, key, etag=etag)
        elif not answer.is_missing:
            _accepted(answer, container, operation)

    def many(self) -> ManyInBulk:
        """The same for callers that have many rows at hand."""
        return ManyInBulk(self._rows, self._deliver)

    async def _answer(self, container: str, operation: Operation) -> Answer | None:
        """None when the operation has to be a request of its own."""
        text = sendable(operation)
        if text is None:
            return None
        asked = Asked(operation, text, asyncio.get_running_loop().create_future())
        self._gather(container, asked)
        try:
            answer = await asked.answer
        except asyncio.CancelledError:
            self._leave(asked)
            raise
        if isinstance(answer, Transient):
            raise operation.own(answer, container) from answer
        if answer:
            charged(answer.charge)
        return answer

    def _gather(self, container: str, asked: Asked) -> None:
        waiting = self._waiting.setdefault(container, [])
        waiting.append(asked)
        if len(waiting) == 1:
            asyncio.get_running_loop().call_soon(self._look, container, 0, 1)

    def _look(self, container: str, seen: int, turn: int) -> None:
        """Send what has come together, unless the last turn has brought more: then another may as well."""
        waiting = self._waiting[container]
        loop = asyncio.get_running_loop()
        if len(waiting) > seen and turn < _MOST_TURNS:
            loop.call_soon(self._look, container, len(waiting), turn + 1)
            return
        del self._waiting[container]
        if len(waiting) == 1:
            waiting[0].settle(None)
            return
        task = loop.create_task(self._deliver(container, waiting))
        self._under_way[task] = waiting
        task.add_done_callback(self._ended)

    async def _deliver(self, container: str, asked: list[Asked]) -> None:
        try:
            route = await self._routing.of(container)
        except Failure:
            # On their own they fail in the same way, each with its own key.
            route = None
        if route:
            await deliver(route, self._support, asked)
        else:
            for each in asked:
                each.settle(None)

    def _leave(self, asked: Asked) -> None:
        """A request that nobody waits for any more is given up, as one of a single row would be."""
        for task, together in self._under_way.items():
            if asked in together and all(each.answer.done() for each in together):
                task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Whatever ends a delivery ends all that wait for it: a bug above all."""
        asked = self._under_way.pop(task)
        bug = None if task.cancelled() else task.exception()
        for each in asked:
            if bug and not each.answer.done():
                each.answer.set_exception(bug)
            each.answer.cancel()


def _accepted(answer: Answer, container: str, operation: Operation) -> Answer:
    if answer.is_refused:
        raise answer.failure(f"{container} {operation.key.id}", writes=operation.is_write)
    return answer
