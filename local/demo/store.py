"""What is really stored, read with Azure's own SDK from the change feeds, beside the app."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from azure.cosmos.aio import ContainerProxy, CosmosClient

from local.demo.rows import Json


@dataclass(frozen=True, slots=True)
class Store:
    events: ContainerProxy
    rows: ContainerProxy
    board: ContainerProxy
    daily_sales: ContainerProxy
    product_sales: ContainerProxy
    poison: ContainerProxy


@asynccontextmanager
async def opened(settings: Mapping[str, str]) -> AsyncIterator[Store]:
    async with CosmosClient.from_connection_string(settings["COSMOS"]) as client:
        database = client.get_database_client(settings["COSMOS_DATABASE"])
        names = ("orders", "customer-orders", "order-board", "daily-sales", "product-sales", "poison")
        yield Store(*(database.get_container_client(name) for name in names))


async def everything(container: ContainerProxy) -> list[Json]:
    """Each item in its last version; events have only one."""
    return [item async for item in container.query_items_change_feed(start_time="Beginning")]


async def changes(container: ContainerProxy, after: str | None) -> tuple[list[Json], str | None]:
    """What changed after a position, with the new position; None is the beginning."""
    if after:
        feed = container.query_items_change_feed(continuation=after)
    else:
        feed = container.query_items_change_feed(start_time="Beginning")
    pages, found = feed.by_page(), list[Json]()
    async for page in pages:
        found += [item async for item in page]
        after = pages.continuation_token  # type: ignore[attr-defined]  # declared by azure-core's protocol only
    return found, after
