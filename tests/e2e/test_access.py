"""What each list costs its store: which partitions it asks, how often, and how many request units that is."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.conftest import Endpoint
from tests.e2e.conftest import Api, Store, api_url, host
from tests.e2e.placing import Past

ORDERS = 200
TODAY = "startDate=1990-01-01&endDate=1990-01-01"


@dataclass(frozen=True, slots=True)
class Access:
    """`charge` is a ceiling in RU as the local server estimates it, at bounded staleness, where reading costs twice."""

    path: str
    view: str
    queries: int
    charge: float


# With 200 orders in one customer's history and on the board; a row of one line has about half a kilobyte.
ROUTES = (
    Access("/api/customers/ada/orders", "customer-orders", queries=1, charge=180),
    Access("/api/customers/ada/orders?limit=10", "customer-orders", queries=1, charge=32),
    Access("/api/customers/nobody/orders", "customer-orders", queries=1, charge=5),
    Access("/api/customers/no%20body/orders", "customer-orders", queries=0, charge=0),
    Access("/api/customers/ada/orders/summary", "customer-orders", queries=1, charge=15),
    Access("/api/orders", "order-board", queries=16, charge=400),
    Access("/api/orders?limit=10", "order-board", queries=16, charge=200),
    Access("/api/orders?limit=1000", "order-board", queries=16, charge=420),
    Access(f"/api/orders?status=pending&{TODAY}", "order-board", queries=16, charge=400),
    Access("/api/orders?status=cancelled", "order-board", queries=16, charge=90),
)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the local server has counted for one database since it was asked to forget."""

    session: aiohttp.ClientSession
    url: str
    database: str

    async def forget(self) -> None:
        async with self.session.delete(f"{self.url}/_local/usage") as answer:
            assert answer.status == 200

    async def of_queries(self) -> Mapping[str, tuple[int, float]]:
        """By container: how many queries, and what they cost."""
        async with self.session.get(f"{self.url}/_local/usage") as answer:
            found: list[dict[str, Any]] = (await answer.json())["operations"]
        return {
            one["container"].rsplit("/", 1)[-1]: (one["times"], one["charge"])
            for one in found
            if one["operation"] == "Query" and f"/{self.database}/" in one["container"]
        }


@pytest.fixture
def usage(
    request: pytest.FixtureRequest, session: aiohttp.ClientSession, cosmos: Endpoint, settings: dict[str, str]
) -> Usage:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server tells what was used")
    return Usage(session, cosmos.url, settings["COSMOS_DATABASE"])


async def test_each_list_asks_its_own_partitions_once_and_stays_below_its_ceiling(
    usage: Usage, session: aiohttp.ClientSession, settings: dict[str, str], store: Store, tmp_path: Path
) -> None:
    past, room = Past(store, "ada"), asyncio.Semaphore(16)

    async def placed(number: int) -> None:
        async with room:
            # Chosen ids, so that the buckets are the same in every run.
            await past.order(f"1990-01-01 00:{number // 60:02d}:{number % 60:02d}", order_id=f"ord_{number}")

    await asyncio.gather(*(placed(number) for number in range(ORDERS)))
    with host(settings, tmp_path / "host.log") as program:
        api = Api(session, api_url(program))
        await api.settled()
        await asyncio.gather(*(api("GET", access.path) for access in ROUTES))

        spent = {}
        for access in ROUTES:
            await usage.forget()
            assert (await api("GET", access.path)).status == 200
            spent[access.path] = await usage.of_queries()

    for access in ROUTES:
        expected = {access.view: access.queries} if access.queries else {}
        # Timers look into the sagas all the time.
        found = {view: spending for view, spending in spent[access.path].items() if view != "sagas"}
        assert {view: times for view, (times, _) in found.items()} == expected, access.path
        assert sum(charge for _, charge in found.values()) <= access.charge, (access.path, found)
