"""A store with little to give and a key that wants half of it: everything is applied, and few requests are wasted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import uuid4

import aiohttp
import orjson
import pytest
from azure.cosmos import ThroughputProperties
from azure.cosmos.aio import CosmosClient

from orders.events import ORDER_EVENTS, OrderPlaced
from projections.customer_orders import customer_orders
from shared.cosmos import Account, CosmosEventStore, CosmosPages, CosmosRows
from shared.cosmos.provision import provision
from shared.kernel import Key, Throttled, Transient
from shared.pipeline import (
    Brake,
    Engine,
    EventCodec,
    Lanes,
    Ledgers,
    Patience,
    PatientPages,
    PatientRows,
    Pipeline,
    Project,
    Suspects,
)
from shared.ports import Item, Stored
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint
from tests.fakes import FakeBuckets
from tests.orders import EPOCH, a_line, recorded, usd

ORDERS = 200
SLOW_SECONDS = 5
CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)


@dataclass
class Counted:
    """Counts what the store was asked and how often it said that it was too much."""

    store: CosmosRows
    asked: int = 0
    throttled: int = 0

    async def read(self, container: str, key: Key) -> Stored | None:
        return await self._count(self.store.read(container, key))

    async def create(self, container: str, key: Key, item: Item) -> str:
        return await self._count(self.store.create(container, key, item))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        return await self._count(self.store.replace(container, key, item, etag=etag))

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await self._count(self.store.delete(container, key, etag=etag))

    async def _count[T](self, call: Awaitable[T]) -> T:
        self.asked += 1
        try:
            return await call
        except Throttled:
            self.throttled += 1
            raise


@pytest.fixture
async def scarce(request: pytest.FixtureRequest, cosmos: Endpoint, database: str) -> AsyncIterator[Account]:
    """A view with 250 RU/s for each of its four ranges."""
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("the limit can only be switched on in the local server")
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    async with CosmosClient(cosmos.url, cosmos.key) as client:
        view = client.get_database_client(database).get_container_client(customer_orders.container)
        await view.replace_throughput(ThroughputProperties(auto_scale_max_throughput=1000))
    async with aiohttp.ClientSession(cosmos.url) as session, Account(connection) as account:
        async with session.post("/_local/limits", json={"on": True}):
            yield account
        async with session.post("/_local/limits", json={"on": False}):
            pass


async def test_skewed_load_on_a_scarce_store_ends_applied_with_few_requests_wasted(
    scarce: Account, database: str
) -> None:
    counted = Counted(CosmosRows(scarce, database))
    rows = PatientRows(counted, Patience(monotonic))
    lanes = Lanes(rows, nonce=lambda: uuid4().hex, now=lambda: EPOCH)
    events = CosmosEventStore(scarce.container(database, "orders"))
    pipeline = Pipeline(
        Engine(CODEC, events, rows, lanes, Brake(monotonic), Ledgers(FakeBuckets())),
        Suspects(rows, monotonic, max_seconds=30),
        max_seconds=30,
    )
    batch = [
        CODEC.encode(event)
        for n in range(ORDERS)
        for event in recorded(
            [OrderPlaced((a_line(),), usd(500))], stream=f"o{n}", customer="hot" if n % 2 else f"c{n}"
        )
    ]

    began = monotonic()
    async with asyncio.timeout(120):
        while True:
            try:
                await pipeline.run(Project(customer_orders), orjson.dumps(batch).decode())
                break
            except Transient:
                continue

    # A machine that is slow enough asks for no more than the store has.
    assert counted.throttled > 0 or monotonic() - began > SLOW_SECONDS
    # Three calls an order when nothing is refused; whoever does not hold back asks a hundred times as often.
    assert counted.throttled < counted.asked / 2
    assert counted.asked < 8 * ORDERS
    pages = PatientPages(CosmosPages(scarce, database), Patience(monotonic))
    hot = await pages.total(customer_orders.container, "hot", of="totalMinor")
    assert hot.rows == ORDERS / 2
