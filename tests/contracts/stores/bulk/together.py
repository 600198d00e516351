"""Rows whose every call has company, so that none of them is alone in its bulk request."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from shared.kernel import Key
from shared.ports import Item, RowStore, Stored

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Together:
    """A `RowStore` that reads a row of the same partition, which is not there, in the same moment as each call."""

    rows: RowStore

    async def read(self, container: str, key: Key) -> Stored | None:
        return await self._with(container, key, self.rows.read(container, key))

    async def create(self, container: str, key: Key, item: Item) -> str:
        return await self._with(container, key, self.rows.create(container, key, item))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        return await self._with(container, key, self.rows.replace(container, key, item, etag=etag))

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await self._with(container, key, self.rows.delete(container, key, etag=etag))

    async def _with[T](self, container: str, key: Key, call: Awaitable[T]) -> T:
        company = self.rows.read(container, Key(key.partition, NOBODY))
        answer, _ = await asyncio.gather(call, company, return_exceptions=True)
        if isinstance(answer, BaseException):
            raise answer
        return answer
