"""An order over HTTP on the real app: placed, seen in its views, and nothing of it where it does not belong."""

from uuid import uuid4

import pytest

from shared.settings import Settings
from shared.subscriptions import feeds_of
from tests.e2e.conftest import Api, Store, an_order


async def test_an_order_travels_from_http_through_the_feed_into_its_customers_view(api: Api, customer: str) -> None:
    expected = {
        "customerId": customer,
        "status": "pending",
        "items": an_order(customer)["items"],
        "total": 7.99,
    }

    placed = await api.placed(customer)
    await api.settled()
    answer = await api("GET", f"/api/customers/{customer}/orders")

    assert {name: placed[name] for name in expected} == expected
    assert answer.body == [placed]


async def test_a_placed_order_says_where_it_is_and_what_it_looked_like(api: Api, customer: str) -> None:
    answer = await api("POST", "/api/orders", json=an_order(customer))

    assert answer.status == 201
    assert answer.headers["Location"] == f"/api/orders/{answer.body['orderId']}"
    assert answer.headers["ETag"] == '"1"'
    found = await api("GET", answer.headers["Location"])
    assert (found.status, found.body, found.headers["ETag"]) == (200, answer.body, '"1"')


async def test_the_newest_order_is_on_top_and_limit_cuts_the_page(api: Api, customer: str) -> None:
    placed = [(await api.placed(customer))["orderId"] for _ in range(4)]
    await api.settled()

    answer = await api("GET", f"/api/customers/{customer}/orders?limit=3")

    assert [order["orderId"] for order in answer.body] == placed[:0:-1]


async def test_a_customer_nobody_knows_has_no_orders(api: Api) -> None:
    for name in ("nobody", "no%20body", "%F0%9F%8D%B5"):
        answer = await api("GET", f"/api/customers/{name}/orders")
        assert (answer.status, answer.body) == (200, [])


async def test_no_answer_may_be_sniffed_framed_or_kept(api: Api, customer: str) -> None:
    placed = await api("POST", "/api/orders", json=an_order(customer))

    for answer in (placed, await api("GET", "/health/live"), await api("GET", "/api/orders/unknown")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_private_parts_of_an_order_enter_no_event_and_no_view(
    api: Api, customer: str, shared_store: Store
) -> None:
    order = an_order(customer) | {"shippingAddress": "12 Secret Lane", "paymentToken": "tok_ok"}

    placed = (await api("POST", "/api/orders", json=order)).body
    await api.settled()

    items = [item for item in await shared_store.items("orders") if item["orderId"] == placed["orderId"]]
    private = [item for item in items if "Secret" in str(item)]
    assert [item["id"] for item in private] == ["private"]
    assert "Secret" not in str(await shared_store.items("customer-orders"))


async def test_a_history_does_not_show_what_was_made_of_the_key_and_the_private_parts(api: Api, customer: str) -> None:
    order = await api.placed(customer, key=uuid4().hex)

    history = await api("GET", f"/api/orders/{order['orderId']}/history")

    assert [entry["data"].keys() for entry in history.body] == [{"lines", "total"}]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "ten", "1.5", "+1", "9" * 30])
async def test_a_limit_that_makes_no_sense_is_refused(api: Api, limit: str) -> None:
    answer = await api("GET", "/api/customers/c/orders", params={"limit": limit})

    assert (answer.status, answer.body["code"]) == (400, "invalid_limit")


async def test_health_says_ready_and_how_far_the_feeds_are(api: Api, shared_settings: dict[str, str]) -> None:
    await api.settled()
    ready, feeds = await api("GET", "/health"), await api("GET", "/health/feeds")

    # What other tests have parked in this app degrades it.
    assert (ready.status, ready.body["status"] in {"ready", "degraded"}) == (200, True)
    assert ready.body["off"] == [
        "EVENTHUBS is not set: nothing is published to Event Hubs or received",
        "NOTIFY is not set: no customer is told anything",
    ]
    readers = [reader.name for each in feeds_of(Settings.read(shared_settings)).values() for reader in each]
    assert [feed["consumer"] for feed in feeds.body["feeds"]] == readers
    for feed in feeds.body["feeds"]:
        assert feed["off"] or feed["leases"] == feed["owned"] > 0
        assert feed["off"] or (feed["seconds"], feed["exact"], feed["unknown"]) == (0, True, 0)
    assert feeds.body["measured"]["requests"] > len(readers)
