"""Row stores with one trouble each."""

import asyncio

from shared.kernel import Conflict, Key, Throttled, Unknown
from shared.pipeline.lanes import CONTAINER
from shared.ports import Item, Stored
from tests.fakes import FakeRows


class Throttling(FakeRows):
    """Has no request units for one stream's row."""

    throttled = "bad"

    async def read(self, container: str, key: Key) -> Stored | None:
        if container != CONTAINER and key.id == self.throttled:
            raise Throttled("busy")
        return await super().read(container, key)


class Overtaken(FakeRows):
    """Somebody else is first, the first time a row is written."""

    overtaken = False

    async def create(self, container: str, key: Key, item: Item) -> str:
        if container != CONTAINER and not self.overtaken:
            self.overtaken = True
            raise Conflict("somebody was first")
        return await super().create(container, key, item)


class Contended(FakeRows):
    """Two workers write down each suspect at once, and the other is always first."""

    async def create(self, container: str, key: Key, item: Item) -> str:
        if key.id == "suspect":
            await super().create(container, key, item)
        return await super().create(container, key, item)


class Counted(FakeRows):
    """Counts what is put into the poison container."""

    marks = 0

    async def create(self, container: str, key: Key, item: Item) -> str:
        self.marks += container == CONTAINER
        return await super().create(container, key, item)


class Vanishing(FakeRows):
    """A mark is there for whoever wants to write it, and gone for whoever then reads it; an etag is never empty."""

    async def create(self, container: str, key: Key, item: Item) -> str:
        if key.id == "batch":
            raise Conflict("written down already")
        return await super().create(container, key, item)

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        if not etag:
            raise ValueError("'match_condition' specified without 'etag'.")
        await super().delete(container, key, etag=etag)


class Unheard(FakeRows):
    """The answer to the first write of a suspect is lost."""

    lost = False

    async def create(self, container: str, key: Key, item: Item) -> str:
        etag = await super().create(container, key, item)
        if key.id == "suspect" and not self.lost:
            self.lost = True
            raise Unknown("never answered")
        return etag


class Slow(FakeRows):
    """Takes its time for every operation."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def read(self, container: str, key: Key) -> Stored | None:
        await asyncio.sleep(self._seconds)
        return await super().read(container, key)

    async def create(self, container: str, key: Key, item: Item) -> str:
        await asyncio.sleep(self._seconds)
        return await super().create(container, key, item)

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await asyncio.sleep(self._seconds)
        await super().delete(container, key, etag=etag)
