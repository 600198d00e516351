"""The whole way of an order through a running app: stock, payment, parcel, and every way they fail."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from azure.cosmos import CosmosClient

from shared.cosmos.provision import provision
from shared.settings import Settings
from tests.conftest import Endpoint
from tests.e2e.conftest import Api, api_url, app_settings, host
from tests.e2e.operating import ops, said, shown
from tests.programs import eventually


@dataclass(frozen=True, slots=True)
class Fulfilling:
    """An app whose saga is on, and whose steps have two seconds."""

    url: str
    settings: dict[str, str]


@pytest.fixture(scope="module")
def fulfilling(cosmos: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fulfilling]:
    settings = app_settings(cosmos, uuid4().hex[:8])
    settings |= {"AzureWebJobs_advance_fulfilment_Disabled": "false", "SAGA_STEP_SECONDS": "2"}
    asyncio.run(provision(Settings.read(settings)))
    with host(settings, tmp_path_factory.mktemp("fulfilling") / "host.log") as program:
        yield Fulfilling(api_url(program), settings)
        assert program.end() == 0


@pytest.fixture
async def shop(fulfilling: Fulfilling) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(session, fulfilling.url)


async def ordered(shop: Api, product: str, *, quantity: int = 1, token: str | None = None) -> str:
    line = {"productId": product, "productName": "Something", "quantity": quantity, "unitPrice": 3.5}
    body = {"customerId": "c1", "items": [line]} | ({"paymentToken": token} if token else {})
    answer = await shop("POST", "/api/orders", json=body)
    assert answer.status == 201, answer
    return str(answer.body["orderId"])


async def ended(shop: Api, order_id: str, *, within: float = 30.0) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        answer = await shop("GET", f"/api/sagas/{order_id}")
        return answer.body if answer.status == 200 and answer.body["outcome"] != "running" else None

    return await eventually(over, what=f"the end of {order_id}", within=within)


async def status(shop: Api, order_id: str) -> str:
    return str((await shop("GET", f"/api/orders/{order_id}")).body["status"])


async def happened(shop: Api, order_id: str) -> list[str]:
    entries = (await shop("GET", f"/api/orders/{order_id}/history")).body
    return [entry.get("type") or f"→ {entry['phase']}" for entry in entries]


async def test_an_order_is_held_paid_and_shipped_and_its_history_tells_how(shop: Api) -> None:
    order_id = await ordered(shop, "tea")

    saga = await ended(shop, order_id)

    assert (saga["outcome"], saga["phase"], saga["deadline"]) == ("completed", "settling", None)
    assert await status(shop, order_id) == "shipped"
    told = await happened(shop, order_id)
    assert [each for each in told if not each.startswith("→")] == [
        "OrderPlaced",
        "StockHeld",
        "PaymentRequested",
        "PaymentCaptured",
        "ShipmentRequested",
        "OrderShipped",
    ]
    assert [each for each in told if each.startswith("→")] == [
        "→ hold_stock",
        "→ take_payment",
        "→ ship",
        "→ settling",
    ]


async def test_why_an_order_is_as_it_is_is_one_tree_from_its_request(shop: Api, fulfilling: Fulfilling) -> None:
    order_id = await ordered(shop, "tea")
    await ended(shop, order_id)
    await shop.settled()

    answer = await shop("GET", f"/api/orders/{order_id}/why")

    nodes = {node["id"]: node for node in answer.body["nodes"]}
    (root,) = (node for node in nodes.values() if node["cause"] is None)
    assert (root["kind"], nodes["event:1"]["cause"]) == ("request", root["id"])
    assert nodes["payments"]["cause"] == "fulfilment:ask:capture_payment"
    kept = {node["document"].partition("/")[0] for node in nodes.values() if node["document"]}
    assert kept == {"orders", "sagas", "stock", "payments", "shipments", "customer-orders", "order-board"} | {
        "daily-sales",
        "product-sales",
    }
    rows = ops(fulfilling.settings, "why", order_id)
    assert [row["id"] for row in rows] == list(nodes)


async def test_an_order_nobody_placed_has_no_why(shop: Api) -> None:
    assert (await shop("GET", "/api/orders/ord_nobody/why")).status == 404


async def test_diagrams_are_drawn_for_whoever_asks_for_them(shop: Api, fulfilling: Fulfilling) -> None:
    order_id = await ordered(shop, "tea")
    await ended(shop, order_id)

    for path, first in ((f"/api/sagas/{order_id}", "stateDiagram-v2"), (f"/api/orders/{order_id}/why", "flowchart TD")):
        answer = await shop("GET", path, headers={"Accept": "text/vnd.mermaid, */*"})

        assert answer.headers["Content-Type"].startswith("text/vnd.mermaid")
        assert answer.body.decode().splitlines()[0] == first
    drawn = shown(fulfilling.settings, "saga", "diagram", order_id)
    assert "class settling now" in drawn
    assert order_id in shown(fulfilling.settings, "why", order_id, "--tree").splitlines()[0]


@pytest.mark.parametrize(
    ("token", "last"),
    [
        ("tok_declined", "PaymentDeclined"),
        ("tok_timeout_charged", "PaymentRefunded"),
        ("tok_timeout_not_charged", "PaymentDeclined"),
        ("tok_late", "PaymentDeclined"),
    ],
)
async def test_an_order_that_cannot_be_paid_is_cancelled_and_nothing_is_kept(shop: Api, token: str, last: str) -> None:
    order_id = await ordered(shop, "tea", token=token)

    saga = await ended(shop, order_id)

    assert saga["outcome"] == "compensated"
    assert await status(shop, order_id) == "cancelled"
    told = await happened(shop, order_id)
    assert last in told
    assert "StockReleased" in told


async def test_what_is_not_in_stock_is_not_sold(shop: Api, fulfilling: Fulfilling) -> None:
    product = f"rare-{uuid4().hex[:8]}"
    ops(fulfilling.settings, "stock", "set", f"{product}=3")

    orders = await asyncio.gather(*(ordered(shop, product, quantity=2) for _ in range(3)))
    outcomes = sorted([(await ended(shop, order_id))["outcome"] for order_id in orders])

    assert outcomes == ["compensated", "compensated", "completed"]
    (shelf,) = ops(fulfilling.settings, "stock", "show", product)
    assert shelf == {"product_id": product, "received": 3, "available": 1, "held": 0, "consumed": 2, "short": 0}


async def test_while_nobody_knows_whether_there_is_a_parcel_the_order_cannot_be_stopped(shop: Api) -> None:
    order_id = await ordered(shop, "lostlabel-tea")

    async def is_asked_for() -> bool | None:
        return "ShipmentRequested" in await happened(shop, order_id) or None

    await eventually(is_asked_for, what="a parcel asked for")

    stopped = [
        await shop("PATCH", f"/api/orders/{order_id}/status", json={"status": "cancelled"}),
        await shop("PATCH", f"/api/orders/{order_id}/status", json={"status": "shipped"}),
        await shop("DELETE", f"/api/orders/{order_id}"),
    ]

    if await status(shop, order_id) == "pending":
        assert [(each.status, each.body["code"]) for each in stopped] == [(409, "shipment_under_way")] * 3
    assert (await ended(shop, order_id))["outcome"] == "completed"


async def test_a_deleted_order_is_undone_although_nobody_sees_it_any_more(shop: Api) -> None:
    order_id = await ordered(shop, "tea", token="tok_timeout_charged")  # noqa: S106 - what the sandbox takes
    assert (await shop("DELETE", f"/api/orders/{order_id}")).status in {204, 404}

    saga = await shop("GET", f"/api/sagas/{order_id}")

    assert (await shop("GET", f"/api/orders/{order_id}/history")).status == 404
    if saga.status == 200:
        assert (await ended(shop, order_id))["outcome"] == "compensated"


async def test_what_was_never_ordered_has_no_saga(shop: Api) -> None:
    answer = await shop("GET", "/api/sagas/nobody")

    assert (answer.status, answer.body["code"]) == (404, "order_not_found")


async def test_a_deleted_order_is_purged_once_its_saga_has_ended_and_its_id_stays_closed(
    shop: Api, fulfilling: Fulfilling, cosmos: Endpoint
) -> None:
    line = {"productId": "tea", "productName": "Something", "quantity": 1, "unitPrice": 3.5}
    body = {"customerId": "c-purged", "items": [line], "paymentToken": "tok_timeout_not_charged"}
    request: dict[str, Any] = {"json": body, "headers": {"Idempotency-Key": uuid4().hex}}
    order_id = (await shop("POST", "/api/orders", **request)).body["orderId"]
    assert (await shop("DELETE", f"/api/orders/{order_id}")).status == 204

    await purged(shop, fulfilling, order_id)
    await shop.settled()

    with CosmosClient(cosmos.url, cosmos.key) as client:
        database = client.get_database_client(fulfilling.settings["COSMOS_DATABASE"])
        query = "SELECT c.id, c.type, c.sequence FROM c"
        left = list(database.get_container_client("orders").query_items(query, partition_key=order_id))
    assert [(item["id"], item["type"]) for item in left] == [("000001", "OrderDeleted")]
    assert left[0]["sequence"] > 1
    assert (await shop("GET", f"/api/orders/{order_id}")).status == 404
    again = await shop("POST", "/api/orders", **request)
    assert (again.status, again.body["code"]) == (422, "idempotency_key_reused")
    assert (await shop("GET", "/api/customers/c-purged/orders")).body == []
    assert order_id not in [row["order"] for row in ops(fulfilling.settings, "purge", "--dry-run")]
    assert order_id not in [row.get("stream") for row in ops(fulfilling.settings, "parked")]


async def purged(shop: Api, fulfilling: Fulfilling, order_id: str) -> None:
    """Asked again until nobody needs the order any more; a feed that is behind for a moment refuses all of it."""
    kept = set[str]()

    async def is_gone() -> dict[str, Any] | None:
        await shop.settled()
        done = said(fulfilling.settings, "purge")
        if done.code:
            return None
        (row,) = [row for row in json.loads(done.out) if row["order"] == order_id]
        if row["outcome"] == "purged":
            return dict(row)
        kept.add(row["why"])
        return None

    row = await eventually(is_gone, what=f"{order_id} purged", within=120)
    assert kept <= {"its saga goes on"}
    assert row["items"] > 0
