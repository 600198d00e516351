"""The HTTP contract, on the real app: what each route takes, answers and refuses."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from json import dumps
from typing import Any
from uuid import uuid4

import pytest

from shared.settings import Settings
from shared.subscriptions import feeds_of
from tests.e2e.conftest import Api, Store, an_order

LINE = an_order("c")["items"][0]
JSON = {"Content-Type": "application/json; charset=utf-8"}


def with_line(**change: object) -> dict[str, Any]:
    return {"customerId": "c", "items": [LINE | change]}


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


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"[]", 422, "invalid_body"),
        (b"null", 422, "invalid_body"),
        (b"[" * 10_000, 400, "malformed_json"),
        (b"x" * 3_000_000, 413, "body_too_large"),
    ],
)
async def test_a_body_that_is_no_order_is_refused(api: Api, body: bytes, status: int, code: str) -> None:
    answer = await api("POST", "/api/orders", data=BytesIO(body), headers=JSON)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["status"] == status


async def test_a_body_that_does_not_say_its_length_is_measured_all_the_same(api: Api, customer: str) -> None:
    async def pieces(*each: bytes) -> AsyncIterator[bytes]:
        for piece in each:
            yield piece

    order = dumps(an_order(customer)).encode()

    small = await api("POST", "/api/orders", data=pieces(order[:9], order[9:]), headers=JSON)
    large = await api("POST", "/api/orders", data=pieces(order, *[b" " * 65536] * 3), headers=JSON)

    assert small.status == 201
    assert (large.status, large.body["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        (with_line(quantity=-1), "/items/0/quantity"),
        (with_line(quantity=0), "/items/0/quantity"),
        (with_line(quantity="2"), "/items/0/quantity"),
        (with_line(quantity=1.5), "/items/0/quantity"),
        (with_line(quantity=True), "/items/0/quantity"),
        (with_line(unitPrice=1.005), "/items/0/unitPrice"),
        (with_line(unitPrice=-0.01), "/items/0/unitPrice"),
        (with_line(unitPrice="3.50"), "/items/0/unitPrice"),
        (with_line(unitPrice=True), "/items/0/unitPrice"),
        (with_line(unitPrice=None), "/items/0/unitPrice"),
        (with_line(unitPrice=1e300), "/items/0/unitPrice"),
        (with_line(productName=""), "/items/0/productName"),
        (with_line(productName="2026-01-31T09:30:00Z"), "/items/0/productName"),
        (with_line(productId="a/b"), "/items/0/productId"),
        (with_line(productId="tea\n"), "/items/0/productId"),
        (with_line(colour="green"), "/items/0/colour"),
        ({"customerId": "c", "items": []}, "/items"),
        ({"customerId": "c"}, "/items"),
        ({"items": [LINE]}, "/customerId"),
        ({"customerId": "", "items": [LINE]}, "/customerId"),
        ({"customerId": 7, "items": [LINE]}, "/customerId"),
        ({"customerId": "x" * 101, "items": [LINE]}, "/customerId"),
        ({"customerId": "2026-01-31T09:30:00Z", "items": [LINE]}, "/customerId"),
    ],
)
async def test_an_order_with_errors_is_refused_and_each_is_pointed_at(
    api: Api, order: dict[str, Any], pointer: str
) -> None:
    answer = await api("POST", "/api/orders", json=order)

    assert (answer.status, answer.body["code"]) == (422, "invalid_body")
    assert pointer in [error["pointer"] for error in answer.body["errors"]]


@pytest.mark.parametrize("said", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json", ""])
async def test_a_body_that_is_not_said_to_be_json_is_not_read(api: Api, customer: str, said: str) -> None:
    body = dumps(an_order(customer)).encode()

    answer = await api("POST", "/api/orders", data=body, headers={"Content-Type": said})

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


async def test_a_problem_leads_to_its_meaning_and_names_its_trace_and_the_field(api: Api) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    answer = await api("GET", "/api/orders?limit=0", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    page = await api("GET", answer.body["type"])

    assert answer.body["traceId"] == trace
    assert answer.body["errors"] == [{"parameter": "limit", "detail": "limit is a number from 1 to 1000"}]
    assert b'id="invalid_limit"' in page.body
    assert page.headers["Content-Type"].startswith("text/html")


async def test_no_answer_may_be_sniffed_framed_or_kept(api: Api, customer: str) -> None:
    placed = await api("POST", "/api/orders", json=an_order(customer))

    for answer in (placed, await api("GET", "/health/live"), await api("GET", "/api/orders/unknown")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("text", [b"NaN", b"Infinity", b"-Infinity"])
async def test_a_price_that_is_no_number_is_refused(api: Api, text: bytes) -> None:
    body = b'{"customerId":"c","items":[{"productId":"t","productName":"T","quantity":1,"unitPrice":' + text + b"}]}"

    answer = await api("POST", "/api/orders", data=body, headers=JSON)

    assert answer.status in {400, 422}


async def test_an_order_too_large_for_one_event_is_refused_and_leaves_nothing(api: Api, customer: str) -> None:
    order = {"customerId": customer, "items": [LINE | {"productName": "x" * 200}] * 120}
    key = uuid4().hex

    answer = await api("POST", "/api/orders", json=order, headers={"Idempotency-Key": key})

    assert (answer.status, answer.body["code"]) == (413, "order_too_large")
    assert await api.placed(customer, key=key)


async def test_nothing_of_a_refused_request_is_stored(api: Api, shared_store: Store) -> None:
    before = await shared_store.items("orders")

    for request in (
        {"data": b"{"},
        {"data": b"{", "headers": JSON},
        {"json": with_line(quantity=-1)},
        {"data": BytesIO(b"x" * 3_000_000)},
    ):
        await api("POST", "/api/orders", **request)
    await api("PATCH", f"/api/orders/{uuid4().hex}/status", json={"status": "shipped"})

    assert await shared_store.items("orders") == before


@pytest.mark.parametrize("path", ["unknown", "ord_0", "a%20b", "%00", "x" * 2000, "%E2%98%83"])
async def test_an_order_nobody_placed_is_not_found(api: Api, path: str) -> None:
    for method, request in (("GET", {}), ("DELETE", {}), ("PATCH", {"json": {"status": "shipped"}})):
        suffix = "/status" if method == "PATCH" else ""
        answer = await api(method, f"/api/orders/{path}{suffix}", **request)
        assert (answer.status, answer.body["code"]) == (404, "order_not_found"), method


@pytest.mark.parametrize("status", ["lost", "", None, 3, ["shipped"]])
async def test_a_status_that_does_not_exist_is_refused(api: Api, customer: str, status: object) -> None:
    placed = await api.placed(customer)

    answer = await api("PATCH", f"/api/orders/{placed['orderId']}/status", json={"status": status})

    assert (answer.status, answer.body["code"]) == (422, "invalid_body")


async def test_an_order_moves_forward_only(api: Api, customer: str) -> None:
    path = f"/api/orders/{(await api.placed(customer))['orderId']}/status"

    steps = [
        await api("PATCH", path, json={"status": status})
        for status in ("pending", "delivered", "shipped", "shipped", "cancelled", "delivered", "pending")
    ]

    assert [step.status for step in steps] == [200, 409, 200, 200, 409, 200, 409]
    assert [step.headers.get("ETag") for step in steps] == ['"1"', None, '"3"', '"3"', None, '"4"', None]
    assert steps[1].body["code"] == "transition_forbidden"
    await api.settled()
    (row,) = (await api("GET", f"/api/customers/{customer}/orders")).body
    assert row["status"] == "delivered"


async def test_a_caller_who_has_seen_an_older_order_changes_nothing(api: Api, customer: str) -> None:
    path = f"/api/orders/{(await api.placed(customer))['orderId']}/status"
    await api("PATCH", path, json={"status": "shipped"}, headers={"If-Match": '"1"'})

    for tag, status in (('"1"', 412), ('W/"3"', 412), ('"x"', 412), ("3", 400), ('"1", "3"', 200), ("*", 200)):
        answer = await api("PATCH", path, json={"status": "delivered"}, headers={"If-Match": tag})
        assert answer.status == status, tag


async def test_the_same_key_gives_the_same_answer_and_one_order(api: Api, customer: str, shared_store: Store) -> None:
    key = uuid4().hex

    answers = await asyncio.gather(
        *(api("POST", "/api/orders", json=an_order(customer), headers={"Idempotency-Key": key}) for _ in range(10))
    )

    assert {answer.status for answer in answers} == {201}
    assert len({str(answer.body) for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    events = [event for event in await shared_store.items("orders") if event.get("customerId") == customer]
    assert len(events) == 1


async def test_the_same_key_with_another_body_is_refused(api: Api, customer: str) -> None:
    key = uuid4().hex
    await api.placed(customer, key=key)

    for other in (an_order(customer, name="Black tea"), an_order(f"{customer}x")):
        answer = await api("POST", "/api/orders", json=other, headers={"Idempotency-Key": key})
        assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "two words", "x" * 256])
async def test_a_key_that_cannot_be_one_is_refused(api: Api, customer: str, key: str) -> None:
    answer = await api("POST", "/api/orders", json=an_order(customer), headers={"Idempotency-Key": key})

    assert (answer.status, answer.body["code"]) == (400, "invalid_idempotency_key")


async def test_the_same_key_gives_the_same_answer_after_shipping_and_after_deletion(api: Api, customer: str) -> None:
    shipped, deleted = uuid4().hex, uuid4().hex
    first = {key: await api.placed(customer, key=key) for key in (shipped, deleted)}
    await api("PATCH", f"/api/orders/{first[shipped]['orderId']}/status", json={"status": "shipped"})
    assert (await api("DELETE", f"/api/orders/{first[deleted]['orderId']}")).status == 204

    for key, placed in first.items():
        answer = await api("POST", "/api/orders", json=an_order(customer), headers={"Idempotency-Key": key})
        assert (answer.status, answer.body, answer.headers["ETag"]) == (201, placed, '"1"')
        assert answer.headers["Idempotent-Replayed"] == "true"
    assert (await api("GET", f"/api/orders/{first[deleted]['orderId']}")).status == 404


async def test_a_deleted_order_leaves_the_view_and_is_gone_for_every_command(api: Api, customer: str) -> None:
    order_id = (await api.placed(customer))["orderId"]

    assert (await api("DELETE", f"/api/orders/{order_id}")).status == 204

    await api.settled()
    assert (await api("GET", f"/api/customers/{customer}/orders")).body == []
    assert (await api("DELETE", f"/api/orders/{order_id}")).status == 404
    assert (await api("PATCH", f"/api/orders/{order_id}/status", json={"status": "shipped"})).status == 404


async def test_an_order_can_be_deleted_as_it_was_seen_and_not_otherwise(api: Api, customer: str) -> None:
    path = f"/api/orders/{(await api.placed(customer))['orderId']}"

    for tag, status in (('"2"', 412), ("1", 400), ('"1"', 204)):
        answer = await api("DELETE", path, headers={"If-Match": tag})
        assert answer.status == status, tag


async def test_an_order_is_shown_as_it_was(api: Api, customer: str) -> None:
    placed = await api.placed(customer)
    path = f"/api/orders/{placed['orderId']}"
    await api("PATCH", f"{path}/status", json={"status": "shipped"})
    history = [entry for entry in (await api("GET", f"{path}/history")).body if entry["kind"] == "event"]
    shipped_at = next(entry["at"] for entry in history if entry["type"] == "OrderShipped")

    shown = {
        moment: await api("GET", path, params={"asOf": moment})
        for moment in ("1", placed["createdAt"], "2", shipped_at, "999", "2999-01-01T00:00:00+02:00")
    }

    assert [answer.body["status"] for answer in shown.values()] == ["pending"] * 2 + ["shipped"] * 4
    assert (shown["1"].body, shown["1"].headers["ETag"]) == (placed, '"1"')
    before = await api("GET", path, params={"asOf": "2020-01-01T00:00:00Z"})
    assert (before.status, before.body["code"]) == (404, "order_not_found")


@pytest.mark.parametrize("moment", ["0", "-1", "01", "now", "2026-01-31", "2026-01-31T09:30:00", "1.5", "9" * 20, "T"])
async def test_a_moment_that_is_none_is_refused(api: Api, customer: str, moment: str) -> None:
    placed = await api.placed(customer)

    answer = await api("GET", f"/api/orders/{placed['orderId']}", params={"asOf": moment})

    assert (answer.status, answer.body["code"]) == (400, "invalid_as_of")


async def test_a_deleted_order_has_no_past_either(api: Api, customer: str) -> None:
    path = f"/api/orders/{(await api.placed(customer))['orderId']}"
    await api("DELETE", path)

    assert (await api("GET", path, params={"asOf": "1"})).status == 404


async def test_a_shipped_order_cannot_be_deleted(api: Api, customer: str) -> None:
    order_id = (await api.placed(customer))["orderId"]
    await api("PATCH", f"/api/orders/{order_id}/status", json={"status": "shipped"})

    answer = await api("DELETE", f"/api/orders/{order_id}")

    assert (answer.status, answer.body["code"]) == (409, "order_not_pending")


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


@pytest.mark.parametrize("dry", ["true", "false"])
async def test_a_pace_that_takes_for_ever_holds_no_request(api: Api, dry: str) -> None:
    slow = {"why": "a test", "lanes": ["nobody:1:a:b", "nobody:1:b:c"], "ruPerSecond": 1e-300}

    async with asyncio.timeout(60):
        answer = await api("POST", f"/api/ops/replay?dryRun={dry}", json=slow)

    assert answer.status == 200
    told = (len(answer.body["outcomes"] if dry == "true" else answer.body["lanes"]), answer.body["left"])
    assert told == ((2, 0) if dry == "true" else (1, 1))


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
