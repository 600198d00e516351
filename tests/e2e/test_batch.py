"""Many orders in one request: each has an end of its own, and none is placed twice."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Endpoint
from tests.e2e.conftest import Answer, Api, Store, an_order


async def sent(api: Api, *orders: object, key: str | None = None) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    return await api("POST", "/api/orders:batch", json={"orders": list(orders)}, headers=headers)


def statuses(answer: Answer) -> list[int]:
    return [result["status"] for result in answer.body["results"]]


def ids(answer: Answer) -> list[Any]:
    return [result["order"]["orderId"] for result in answer.body["results"]]


async def test_each_order_has_its_own_end_in_its_place(api: Api, customer: str, shared_store: Store) -> None:
    good = an_order(customer)
    large = good | {"items": [good["items"][0] | {"productName": "x" * 200}] * 120}

    answer = await sent(api, good, {"customerId": customer, "items": []}, good, {}, large)

    assert answer.status == 200
    assert statuses(answer) == [201, 422, 201, 422, 413]
    assert (answer.body["placed"], answer.body["failed"], answer.body["retries"]) == (2, 3, 0)
    assert answer.body["requestUnits"] > 0
    problem = answer.body["results"][1]["problem"]
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("invalid_body", "/orders/1/items")
    found = await api("GET", answer.body["results"][0]["location"])
    assert (found.body, found.headers["ETag"]) == (
        answer.body["results"][0]["order"],
        answer.body["results"][0]["etag"],
    )
    events = [event for event in await shared_store.items("orders") if event.get("customerId") == customer]
    assert len(events) == 2


async def test_a_key_of_an_order_is_the_key_of_a_request_and_of_any_batch(api: Api, customer: str) -> None:
    key, order = uuid4().hex, an_order(customer)
    keyed = order | {"idempotencyKey": key}

    twice = await sent(api, keyed, keyed, order)
    alone = await api("POST", "/api/orders", json=order, headers={"Idempotency-Key": key})
    changed = await sent(api, an_order(f"{customer}x") | {"idempotencyKey": key})

    assert ids(twice)[0] == ids(twice)[1] == alone.body["orderId"] != ids(twice)[2]
    assert sorted(result["replayed"] for result in twice.body["results"]) == [False, False, True]
    assert (alone.status, alone.headers["Idempotent-Replayed"]) == (201, "true")
    assert statuses(changed) == [422]


async def test_a_batch_sent_again_with_its_key_places_nothing_more(api: Api, customer: str) -> None:
    key, orders = uuid4().hex, [an_order(customer, name=f"Tea {number}") for number in range(12)]

    first, second = await sent(api, *orders, key=key), await sent(api, *orders, key=key)

    assert statuses(first) == statuses(second) == [201] * 12
    assert ids(first) == ids(second)
    assert {result["replayed"] for result in second.body["results"]} == {True}


@pytest.mark.parametrize("orders", [[], [{}] * 101, {}, None, "orders", [1]])
async def test_what_is_no_batch_is_refused_as_a_whole(api: Api, orders: object) -> None:
    answer = await api("POST", "/api/orders:batch", json={"orders": orders})

    assert (answer.status, answer.body["code"]) == (422, "invalid_body")


async def test_a_batch_beyond_a_mebibyte_is_refused(api: Api) -> None:
    body = BytesIO(b'{"orders": [{"x": "' + b"y" * 1024 * 1024 + b'"}]}')

    answer = await api("POST", "/api/orders:batch", data=body, headers={"Content-Type": "application/json"})

    assert (answer.status, answer.body["code"]) == (413, "body_too_large")


async def test_a_busy_store_costs_retries_and_they_are_told(
    request: pytest.FixtureRequest, api: Api, customer: str, cosmos: Endpoint
) -> None:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server makes trouble on demand")
    fault = {"container": "orders", "operation": "Create", "status": 429, "retry_after_ms": 1, "times": 2}
    async with api.session.post(f"{cosmos.url}/_local/faults", json=fault) as made:
        assert made.status < 300

    answer = await sent(api, an_order(customer), an_order(customer))

    assert (statuses(answer), answer.body["retries"]) == ([201, 201], 2)


async def test_a_store_that_throttles_is_503_and_says_when_to_come_again_alone_and_within_a_batch(
    request: pytest.FixtureRequest, api: Api, customer: str, cosmos: Endpoint
) -> None:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server makes trouble on demand")
    key, faults = uuid4().hex, f"{cosmos.url}/_local/faults"
    # Longer than anybody waits for an answer: it is given at once.
    fault = {"container": "orders", "operation": "Create", "status": 429, "retry_after_ms": 40_000}
    keyed = an_order(customer) | {"idempotencyKey": key}

    async with api.session.post(faults, json=fault) as made:
        assert made.status < 300
    try:
        alone = await api("POST", "/api/orders", json=an_order(customer), headers={"Idempotency-Key": key})
        some = await sent(api, keyed, {})
    finally:
        async with api.session.delete(faults):
            pass
    again = await sent(api, keyed, {})

    assert (alone.status, alone.body["code"], alone.headers["Retry-After"]) == (503, "try_again", "40")
    assert (some.status, statuses(some), statuses(again)) == (200, [503, 422], [201, 422])
    assert some.body["results"][0]["problem"]["code"] == "try_again"
    assert again.body["results"][0]["replayed"] is False
