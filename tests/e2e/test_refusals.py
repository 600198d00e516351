"""What is no order is refused with what is wrong with it, and leaves nothing behind."""

from collections.abc import AsyncIterator
from io import BytesIO
from json import dumps
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.conftest import Api, Store, an_order

LINE = an_order("c")["items"][0]
JSON = {"Content-Type": "application/json; charset=utf-8"}


def with_line(**change: object) -> dict[str, Any]:
    return {"customerId": "c", "items": [LINE | change]}


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
