"""The drill of docs/recovery.md: leases are lost, as after a restore or a failover, and nothing comes out otherwise."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
from azure.cosmos import CosmosClient

from shared.cosmos.provision import provision
from shared.settings import Settings
from tests.conftest import Endpoint
from tests.e2e.conftest import Api, Store, api_url, host
from tests.e2e.operating import ops

VIEWS = ("customer-orders", "order-board", "daily-sales", "product-sales")


async def items(store: Store, container: str) -> dict[str, dict[str, Any]]:
    """Without what says when an item was last written, and how far in its stream it has got."""
    return {
        item["_rid"]: {name: value for name, value in item.items() if name != "mark" and not name.startswith("_")}
        for item in await store.items(container)
    }


async def placed_and_changed(api: Api) -> None:
    orders = await asyncio.gather(*(api.placed(f"c{number % 3}") for number in range(9)))
    for order in orders[::3]:
        await api("PATCH", f"/api/orders/{order['orderId']}/status", json={"status": "shipped"})
    for order in orders[1::3]:
        await api("DELETE", f"/api/orders/{order['orderId']}")


async def test_without_its_leases_the_app_reads_everything_again_and_changes_nothing(
    session: aiohttp.ClientSession, cosmos: Endpoint, settings: dict[str, str], store: Store, tmp_path: Path
) -> None:
    by_hand = settings | {"AzureWebJobs_advance_fulfilment_Disabled": "true"}
    with host(by_hand, tmp_path / "before.log") as program:
        api = Api(session, api_url(program))
        await placed_and_changed(api)
        await api.settled()
    before = {name: await items(store, name) for name in VIEWS}

    with CosmosClient(cosmos.url, cosmos.key) as client:
        client.delete_database(settings["COSMOS_LEASE_DATABASE"])
    await provision(Settings.read(settings))
    with host(by_hand, tmp_path / "after.log") as program:
        await Api(session, api_url(program)).settled()

    assert {name: await items(store, name) for name in VIEWS} == before
    assert await store.rows() == await store.expected_rows()
    assert ops(settings, "audit") == []
