"""A request said twice under one key has one effect and one answer."""

import asyncio
from uuid import uuid4

import pytest

from tests.e2e.conftest import Api, Store, an_order


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
