"""What is really stored, read with Azure's own SDK from the change feeds, beside the app."""

from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from azure.cosmos.aio import ContainerProxy, CosmosClient, DatabaseProxy

from local.demo.rows import Json


@dataclass(frozen=True, slots=True)
class Store:
    database: DatabaseProxy

    async def everything(self, name: str) -> list[Json]:
        """Each item of a container in its last version; events have only one."""
        container = self.database.get_container_client(name)
        return [item async for item in container.query_items_change_feed(start_time="Beginning")]

    async def changes(self, name: str, after: str | None) -> tuple[list[Json], str]:
        """What changed in a container after a position, with the new position; None is the beginning."""
        return await _changes(self.database.get_container_client(name), after)


@asynccontextmanager
async def opened(settings: Mapping[str, str]) -> AsyncIterator[Store]:
    async with CosmosClient.from_connection_string(settings["COSMOS"]) as client:
        yield Store(client.get_database_client(settings["COSMOS_DATABASE"]))


async def _changes(container: ContainerProxy, after: str | None) -> tuple[list[Json], str]:
    where: dict[str, Any] = {"continuation": after} if after else {"start_time": "Beginning"}
    answers: deque[Mapping[str, str]] = deque(maxlen=1)
    feed = container.query_items_change_feed(response_hook=lambda headers, _: answers.append(headers), **where)
    found: list[Json] = [item async for item in feed]
    # The SDK writes its position into the last answer's headers. Its pages offer one that is good for nothing until
    # every range was read once.
    return found, answers[0]["etag"]
