"""A whole app for tests: containers on the Cosmos endpoint under test, and a host that serves them."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from azure.cosmos.aio import ContainerProxy, CosmosClient

from local.demo.recompute import expected_rows, streams
from local.demo.rows import ViewRow, from_item
from shared.cosmos.provision import provision
from shared.settings import Settings
from tests.conftest import Endpoint, account
from tests.programs import Program, eventually, started

# Short enough for a test to see a lease expire, long enough for a busy machine to renew it.
FAST = {
    "LEASE_ACQUIRE_MS": "300",
    "LEASE_RENEW_MS": "500",
    "LEASE_EXPIRE_MS": "2000",
    "FEED_POLL_DELAY_MS": "250",
    "FEED_POLL_DELAY_SOON_MS": "1000",
}

# Where one host is alone and nobody ends it before its time: to poll is most of what it does.
ALONE = {"LEASE_ACQUIRE_MS": "2000", "LEASE_RENEW_MS": "1000", "LEASE_EXPIRE_MS": "4000"}

# Orders stay pending until a test moves them.
SAGA_OFF = {"AzureWebJobs_advance_fulfilment_Disabled": "true"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Api:
    """The app over HTTP, as a caller sees it."""

    session: aiohttp.ClientSession
    url: str

    async def __call__(self, method: str, path: str, **request: Any) -> Answer:  # noqa: ANN401 - aiohttp's own keywords
        async with self.session.request(method, self.url + path, **request) as answer:
            is_json = "json" in answer.content_type
            return Answer(answer.status, answer.headers, await answer.json() if is_json else await answer.read())

    async def placed(self, customer: str, *, name: str = "Green tea", key: str | None = None) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        answer = await self("POST", "/api/orders", json=an_order(customer, name=name), headers=headers)
        assert answer.status == 201, answer
        order: dict[str, Any] = answer.body
        return order

    async def settled(self, *, within: float = 60.0) -> None:
        """Wait until every feed is at its tail."""

        async def at_its_tail() -> bool | None:
            feeds = (await self("GET", "/health/feeds")).body["feeds"]
            # What cannot be told, as while a range is split or merged, is not 0.
            return all(feed["off"] or (feed["leases"] and not feed["lag"] + feed["unknown"]) for feed in feeds) or None

        await eventually(at_its_tail, what="every feed at its tail", within=within)


def an_order(customer: str, *, name: str = "Green tea") -> dict[str, Any]:
    line = {"productId": "tea", "productName": name, "quantity": 2, "unitPrice": 3.5}
    return {"customerId": customer, "items": [line, line | {"productId": "milk", "quantity": 1, "unitPrice": 0.99}]}


@dataclass(frozen=True, slots=True)
class Store:
    """What is really stored, read beside the app."""

    client: CosmosClient
    database: str

    def container(self, name: str) -> ContainerProxy:
        return self.client.get_database_client(self.database).get_container_client(name)

    async def items(self, container: str) -> list[dict[str, Any]]:
        feed = self.container(container).query_items_change_feed(start_time="Beginning")
        return [dict(item) async for item in feed]

    async def rows(self) -> dict[str, ViewRow]:
        items = [item for item in await self.items("customer-orders") if item.get("body") is not False]
        assert len({item["orderId"] for item in items}) == len(items)
        return {item["orderId"]: from_item(item) for item in items}

    async def expected_rows(self) -> dict[str, ViewRow]:
        """Worked out from the events by other code than the app's."""
        return expected_rows(streams(await self.items("orders")))

    async def row(self, order_id: str) -> ViewRow | None:
        """One order's, for a store in which other tests have left what is parked."""
        return (await self.rows()).get(order_id)

    async def expected_row(self, order_id: str) -> ViewRow | None:
        return (await self.expected_rows()).get(order_id)


def app_settings(cosmos: Endpoint, name: str) -> dict[str, str]:
    """An app of its own on the endpoint under test."""
    return (
        FAST
        | SAGA_OFF
        | {
            "COSMOS": f"AccountEndpoint={cosmos.url}/;AccountKey={cosmos.key};",
            "COSMOS_DATABASE": f"store-{name}",
            "COSMOS_LEASE_DATABASE": f"leases-{name}",
            "CURSOR_KEY": uuid4().hex,
        }
    )


def host(settings: Mapping[str, str], output: Path) -> Any:  # noqa: ANN401 - the context manager `started` gives
    return started("local.host", "--app", ".", "--port", "0", output=output, environ=settings)


def api_url(program: Program) -> str:
    return program.url("host: running on ").rstrip("/")


@pytest.fixture(scope="session")
def cosmos(request: pytest.FixtureRequest) -> Iterator[Endpoint]:
    """Two ranges a container tell them apart as well as more, and an idle host asks each of them again and again."""
    yield from account(request.config, "--ranges", "2")


@pytest.fixture
def settings(cosmos: Endpoint) -> dict[str, str]:
    """A provisioned app that nobody runs yet."""
    made = app_settings(cosmos, uuid4().hex[:8])
    asyncio.run(provision(Settings.read(made)))
    return made


@pytest.fixture(scope="session")
def shared_settings(cosmos: Endpoint) -> dict[str, str]:
    made = app_settings(cosmos, uuid4().hex[:8]) | ALONE
    asyncio.run(provision(Settings.read(made)))
    return made


@pytest.fixture(scope="session")
def served(shared_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one running app for every test that only talks to it."""
    with host(shared_settings, tmp_path_factory.mktemp("served") / "host.log") as program:
        yield api_url(program)
        assert program.end() == 0


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def api(session: aiohttp.ClientSession, served: str) -> Api:
    return Api(session, served)


@pytest.fixture
def customer() -> str:
    return f"c-{uuid4().hex[:8]}"


@pytest.fixture
async def store(cosmos: Endpoint, settings: dict[str, str]) -> AsyncIterator[Store]:
    async with CosmosClient(cosmos.url, cosmos.key) as client:
        yield Store(client, settings["COSMOS_DATABASE"])


@pytest.fixture
async def shared_store(cosmos: Endpoint, shared_settings: dict[str, str]) -> AsyncIterator[Store]:
    async with CosmosClient(cosmos.url, cosmos.key) as client:
        yield Store(client, shared_settings["COSMOS_DATABASE"])
