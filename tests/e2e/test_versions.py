"""What this version of the app cannot read is said so at the doors: nothing is wrong, and nothing is lost."""

from typing import Any

import pytest

from tests.e2e.conftest import Api, Store

SAGA: dict[str, Any] = {
    "id": "fulfilment",
    "type": "Saga",
    "schemaVersion": 1,
    "version": 1,
    "mark": 1,
    "entered": [{"phase": "hold_stock", "at": "2026-01-31T09:30:00.000000Z"}],
    "isLate": False,
    "done": [],
    "asked": [],
}


@pytest.mark.parametrize(
    ("change", "code"),
    [({"version": 99}, None), ({"schemaVersion": 2}, "unknown_version"), ({"mark": "far"}, "unreadable_row")],
    ids=str,
)
async def test_an_order_whose_saga_cannot_be_read_still_has_its_history(
    api: Api, customer: str, shared_store: Store, change: dict[str, object], code: str | None
) -> None:
    order_id = (await api.placed(customer))["orderId"]
    sagas = shared_store.container("sagas")
    await sagas.create_item(SAGA | {"orderId": order_id} | change)

    history, saga = await api("GET", f"/api/orders/{order_id}/history"), await api("GET", f"/api/sagas/{order_id}")

    # A version that is not known hides what it asks for, not which phases it has been in.
    phase = {"phase": "unknown", "reason": code} if code else {"phase": "hold_stock"}
    assert history.status == 200
    assert [entry.get("type") for entry in history.body if entry["kind"] == "event"] == ["OrderPlaced"]
    assert [entry | {"at": ""} for entry in history.body if entry["kind"] == "saga"] == [
        {"kind": "saga", "at": ""} | phase
    ]
    assert (saga.status, saga.body["code"]) == (503, code or "unknown_version")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"schemaVersion": 2}, "unknown_version"),
        ({"type": "OrderTeleported"}, "unknown_version"),
        ({"data": {"byHand": "4111-1111"}}, "unreadable"),
    ],
    ids=str,
)
async def test_an_order_of_another_version_is_answered_503_with_its_reason(
    api: Api, customer: str, shared_store: Store, change: dict[str, object], code: str
) -> None:
    order_id = (await api.placed(customer))["orderId"]
    orders = shared_store.container("orders")
    event = {"id": "000002", "orderId": order_id, "customerId": customer, "type": "OrderShipped", "schemaVersion": 1}
    await orders.create_item(event | {"sequence": 2, "at": "2026-01-31T09:30:00Z", "data": {"byHand": True}} | change)

    answers = [
        await api("GET", f"/api/orders/{order_id}"),
        await api("GET", f"/api/orders/{order_id}/history"),
        await api("PATCH", f"/api/orders/{order_id}/status", json={"status": "delivered"}),
    ]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [(503, code)] * 3
    assert "4111" not in str(answers)
