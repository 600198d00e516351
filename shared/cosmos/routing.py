"""Where bulk requests go: the ranges of each container, read at its first use and again when one of them is gone."""

import asyncio
from typing import Final

from azure.cosmos.aio import ContainerProxy

from shared.cosmos.failures import translated
from shared.cosmos.ranges import Ranges, read_ranges
from shared.cosmos.rows import CosmosRows

_HASH_VERSION: Final = 2


class Route:
    """One container and its ranges, as far as they are known."""

    def __init__(self, container: ContainerProxy, ranges: Ranges) -> None:
        self.container, self.ranges = container, ranges
        self._reading = asyncio.Lock()

    async def renew(self, gone: Ranges) -> None:
        """Read the ranges again, once for all who have met the same that are gone."""
        async with self._reading:
            if self.ranges is gone:
                self.ranges = await read_ranges(self.container)


class Routing:
    """The routes of all containers of one database."""

    def __init__(self, rows: CosmosRows) -> None:
        self._rows = rows
        self._known: dict[str, Route | None] = {}
        self._reading = asyncio.Lock()

    async def of(self, name: str) -> Route | None:
        """None for a container whose partition key is not one path, hashed in the second way, as all of ours are.

        Raises Misconfigured when there is no such container, Transient when the store is away.
        """
        if name not in self._known:
            async with self._reading:
                if name not in self._known:
                    self._known[name] = await self._read(name)
        return self._known[name]

    async def _read(self, name: str) -> Route | None:
        container = await self._rows.container(name)
        with translated(f"container {name}"):
            key = (await container.read())["partitionKey"]
        if (key.get("kind"), key.get("version"), len(key["paths"])) != ("Hash", _HASH_VERSION, 1):
            return None
        return Route(container, await read_ranges(container))
