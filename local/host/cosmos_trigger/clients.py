"""One client per account for all triggers of the host, as the real host shares them."""

import asyncio
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from azure.core.exceptions import AzureError
from azure.cosmos.aio import CosmosClient

from local.host.connections import Connection, open_client


class Clients:
    """An asynchronous context; leaving it closes every client."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._open: dict[tuple[Connection, tuple[str, ...]], CosmosClient] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def client(self, connection: Connection, *, preferred_locations: tuple[str, ...]) -> CosmosClient:
        """The client of that account; raises the SDK's error when the account cannot be read."""
        place = (connection, preferred_locations)
        # All triggers ask at the same time, when the host starts.
        async with self._opening:
            if place not in self._open:
                client = open_client(connection, preferred_locations=preferred_locations)
                try:
                    self._open[place] = await self._stack.enter_async_context(client)
                except AzureError:
                    await client.close()
                    raise
        return self._open[place]
