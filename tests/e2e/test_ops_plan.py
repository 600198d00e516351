"""`python -m ops plan`: what it prints, and whether what it says of one order is what the local server counts."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from shared.capacity import Workload
from shared.capacity.uses import USES
from shared.settings import Settings
from shared.subscriptions import ORDERS as FEED
from shared.subscriptions import feeds_of
from tests.conftest import Endpoint
from tests.e2e.conftest import Api, api_url, host
from tests.e2e.operating import Said, said
from tests.programs import ROOT

ORDERS = 6
LINES = 3
MODEL = json.loads((ROOT / "infra/containers.json").read_text())


def planned(*arguments: str) -> Said:
    return said({}, "plan", *arguments)


def test_a_plan_needs_no_account_and_names_every_container() -> None:
    rows: list[dict[str, Any]] = json.loads(planned("--orders-per-second", "50").out)

    *containers, functions, hubs, month = rows
    assert [row["part"] for row in containers] == [entry["name"] for entry in MODEL["containers"]]
    assert all(row["partitions"] >= 1 and row["max_throughput"] >= 1000 for row in containers)
    assert functions["instances"] >= 3
    assert 1 <= functions["batch"] <= 100
    assert hubs["throughput_units"] >= 1
    assert "$" in month["cost_class"]


def test_a_number_that_makes_no_sense_is_one_line() -> None:
    done = planned("--orders-per-second", "-3")

    assert (done.code, done.out) == (1, "")
    assert done.error.count("\n") == 1
    assert "orders_per_second" in done.error


async def test_one_order_costs_its_containers_about_what_is_planned(
    request: pytest.FixtureRequest,
    session: aiohttp.ClientSession,
    cosmos: Endpoint,
    settings: dict[str, str],
    tmp_path: Path,
) -> None:
    """The plan is the most that it may be: it saves nothing by two events in one page, and the app does.

    The app of these tests has no Event Hubs, so one reader of the feed is not there.
    """
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server tells what was used")
    off = {"AzureWebJobs_advance_fulfilment_Disabled": "true"}
    readers = feeds_of(Settings.read(settings))[FEED]
    work = Workload(1, lines_per_order=LINES, events_per_order=3, consumers=len(readers))

    with host(settings | off, tmp_path / "host.log") as program:
        api = Api(session, api_url(program))
        await api.settled()
        await session.delete(f"{cosmos.url}/_local/usage")
        for number in range(ORDERS):
            await ordered(api, number)
        await api.settled()
        spent = await spent_per_order(session, cosmos.url, settings["COSMOS_DATABASE"])

    for container in ("orders", "customer-orders", "order-board", "daily-sales", "product-sales"):
        assert 0.6 * USES[container].ru(work) <= spent[container] <= 1.1 * USES[container].ru(work), container


async def ordered(api: Api, number: int) -> None:
    lines = [{"productId": f"p{line}", "productName": "Tea", "quantity": 1, "unitPrice": 1} for line in range(LINES)]
    order = (await api("POST", "/api/orders", json={"customerId": f"c{number}", "items": lines})).body
    for status in ("shipped", "delivered"):
        # A page of its own for each event, as when orders are rare.
        await api.settled()
        path = f"/api/orders/{order['orderId']}/status"
        assert (await api("PATCH", path, json={"status": status})).status == 200


async def spent_per_order(session: aiohttp.ClientSession, url: str, database: str) -> dict[str, float]:
    """Without the polls of feeds that have nothing new, which the plan counts by the second and not by the order."""
    spent: defaultdict[str, float] = defaultdict(float)
    async with session.get(f"{url}/_local/usage") as answer:
        operations = (await answer.json())["operations"]
    for one in operations:
        if f"/{database}/" in one["container"] and one["operation"] != "ChangeFeed":
            spent[one["container"].rsplit("/", 1)[-1]] += one["charge"] / ORDERS
    return spent
