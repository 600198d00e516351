"""Totals over HTTP: exact after every change, and recomputed by an audit."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.e2e.conftest import Api, Store
from tests.e2e.operating import ops

# A test run may see midnight go by.
AROUND_NOW = "from={:%Y-%m-%d}&to={:%Y-%m-%d}".format(*(datetime.now(UTC) + timedelta(days=n) for n in (-1, 1)))


def order(customer: str, product: str, *, price: float, quantity: int) -> dict[str, object]:
    line = {"productId": product, "productName": "Thing", "quantity": quantity, "unitPrice": price}
    return {"customerId": customer, "items": [line, line | {"quantity": 1}]}


async def test_a_products_sales_are_what_was_ordered_less_what_was_cancelled_or_deleted(
    api: Api, customer: str
) -> None:
    product = f"p-{uuid4().hex[:8]}"
    path = f"/api/products/{product}/sales?{AROUND_NOW}"
    placed = [
        (await api("POST", "/api/orders", json=order(customer, product, price=2.35, quantity=n))).body["orderId"]
        for n in (1, 2, 3)
    ]

    before = await api("GET", path)
    await api("PATCH", f"/api/orders/{placed[0]}/status", json={"status": "cancelled"})
    await api("DELETE", f"/api/orders/{placed[1]}")
    await api("PATCH", f"/api/orders/{placed[2]}/status", json={"status": "shipped"})
    after = await api("GET", path)

    for answer, orders, units, total in ((before, 3, 9, 21.15), (after, 1, 4, 9.4)):
        assert {name: answer.body[name] for name in ("orders", "units", "total")} == {
            "orders": orders,
            "units": units,
            "total": total,
        }
        assert sum(month["orders"] for month in answer.body["months"]) == orders


async def test_a_days_sales_grow_by_what_is_ordered(api: Api, customer: str) -> None:
    path = f"/api/sales/daily?{AROUND_NOW}"
    before = (await api("GET", path)).body

    placed = await api.placed(customer)
    after = (await api("GET", path)).body

    assert after["orders"] == before["orders"] + 1
    assert round(after["total"] - before["total"], 2) == placed["total"]
    assert sum(day["orders"] for day in after["days"]) == after["orders"]


async def test_a_day_and_a_product_without_sales_are_zeros(api: Api) -> None:
    day = await api("GET", "/api/sales/daily?from=2001-01-01&to=2001-01-31")
    product = await api("GET", "/api/products/nobody%20sells%20this/sales?from=2001-01-01&to=2002-12-31")

    assert day.body == {"orders": 0, "total": 0.0, "days": []}
    assert product.body == {"orders": 0, "total": 0.0, "months": []}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2026-01-01",
        "from=2026-01-02&to=2026-01-01",
        "from=2026-01-01&to=2026-02-01",
        "from=2026-02-30&to=2026-03-01",
        "from=20260101&to=20260101",
        "from=2026-1-1&to=2026-1-1",
        "from=%EF%BC%92026-01-01&to=%EF%BC%92026-01-01",
        "from=today&to=today",
    ],
)
async def test_a_period_that_makes_no_sense_is_refused(api: Api, query: str) -> None:
    answer = await api("GET", f"/api/sales/daily?{query}")

    assert (answer.status, answer.body["code"]) == (400, "invalid_period")


async def test_an_audit_finds_nothing_until_somebody_changes_a_total(
    api: Api, customer: str, shared_store: Store, shared_settings: dict[str, str]
) -> None:
    await api.placed(customer)
    await api.settled()
    assert ops(shared_settings, "audit") == []
    view = shared_store.container("daily-sales")
    (honest, *_) = [item for item in await shared_store.items("daily-sales") if item["id"] == "total"]

    await view.replace_item("total", honest | {"amounts": honest["amounts"] | {"totalMinor": -1}})
    found = ops(shared_settings, "audit", expect=1)
    await view.replace_item("total", honest)

    assert {(row["tally"], row["partition"], row["against"]) for row in found} == {
        ("daily_sales", honest["bucket"], "ledger"),
        ("daily_sales", honest["bucket"], "orders"),
    }
    assert found[0]["stored"]["totalMinor"] == -1


async def test_totals_say_how_many_orders_are_missing_from_them(
    api: Api, customer: str, shared_store: Store, shared_settings: dict[str, str]
) -> None:
    path = f"/api/sales/daily?{AROUND_NOW}"
    missing = (await api("GET", path)).body.get("incomplete", 0)
    order_id = (await api.placed(customer))["orderId"]
    orders = shared_store.container("orders")
    broken = {"id": "000002", "orderId": order_id, "customerId": customer, "type": "Unheard", "sequence": 2}
    await orders.create_item(broken)

    parked = await api("GET", path)

    assert parked.body["incomplete"] == missing + 1
    mended = {"type": "OrderCancelled", "schemaVersion": 1, "at": "2026-01-31T09:30:00Z", "data": {"reason": "asked"}}
    await orders.replace_item("000002", broken | mended)
    await api.settled()
    ops(
        shared_settings,
        "release",
        *(row["lane"] for row in ops(shared_settings, "parked") if row.get("stream") == order_id),
    )
    assert (await api("GET", path)).body.get("incomplete", 0) == missing
    assert ops(shared_settings, "audit") == []


async def test_a_crowd_of_readers_does_not_keep_a_host_from_renewing_its_leases(
    api: Api, customer: str, shared_store: Store, shared_settings: dict[str, str]
) -> None:
    leases = Store(shared_store.client, shared_settings["COSMOS_LEASE_DATABASE"])
    before = {item["id"]: item["Owner"] for item in await leases.items("leases") if "LeaseToken" in item}
    expired = asyncio.get_running_loop().time() + 2 * int(shared_settings["LEASE_EXPIRE_MS"]) / 1000

    while asyncio.get_running_loop().time() < expired:
        await asyncio.gather(*(api("GET", f"/api/customers/{customer}/orders") for _ in range(100)))

    after = {item["id"]: item["Owner"] for item in await leases.items("leases") if "LeaseToken" in item}
    assert after == before
