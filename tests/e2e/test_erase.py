"""A customer is erased by command: afterwards nothing that they have said is found in any container, nor outside."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from gateways import scans
from tests.e2e.conftest import Api, Store, an_order
from tests.e2e.operating import ops
from tests.programs import ROOT

STORED = [
    entry["name"]
    for entry in json.loads((ROOT / "infra/containers.json").read_text())["containers"]
    if entry["database"] == "StoreDatabase"
]


async def everything(store: Store, outbox: Path) -> str:
    items = [item for container in STORED for item in await store.items(container)]
    return json.dumps(items, ensure_ascii=False) + told(outbox)


def told(outbox: Path) -> str:
    return "".join(each.read_text() for each in outbox.iterdir())


async def parked(store: Store, order_id: str, *said: str) -> None:
    """As a carrier's messages are that wait, and that nobody can read."""
    poison = store.container("poison")
    scan = {"orderId": order_id, "eventId": "e", "trackingId": "T", "kind": "lost", "at": "2026-01-31T09:30:00Z"}
    lane = f"{scans.RECEIVER}:{len(order_id)}:{order_id}:{order_id}"
    head = {"consumer": scans.RECEIVER, "stream": order_id, "partition": order_id, "row": order_id, "state": "open"}
    stamp = {"schemaVersion": 1, "reason": "contradiction", "detail": "", "since": "2026-01-31T09:30:00.000000Z"}
    await poison.create_item({"id": "head", "lane": lane, "type": "LaneHead", **head, **stamp, "first": 1, "last": 1})
    letter = {"id": "1.1.a", "sequence": 1, "body": json.dumps(scan | {"to": said})}
    await poison.create_item({"id": "1.1.a", "lane": lane, "type": "HeldMessage", "number": 1, "item": letter})
    raw: dict[str, Any] = {"id": "1.2.b", "sequence": 2, "body": json.dumps(said)[:-1]}
    named = {"id": "head", "lane": f"{scans.RECEIVER}:raw:{order_id}", "type": "RawPoison", "consumer": scans.RECEIVER}
    await poison.create_item({**named, **stamp, "item": raw})


async def test_after_an_erasure_nothing_that_was_said_is_found_and_the_order_goes_on(
    api: Api, customer: str, shared_store: Store, shared_settings: dict[str, str], tmp_path: Path
) -> None:
    said = (f"Große Straße {uuid4().hex}", f"{uuid4().hex}@example.com", f"tok_{'x' * 20}_only_hers")
    private = dict(zip(("shippingAddress", "email", "paymentToken"), said, strict=True))
    answer = await api("POST", "/api/orders", json=an_order(customer) | private, headers={"Idempotency-Key": customer})
    order_id = answer.body["orderId"]
    settings = shared_settings | {"NOTIFY": f"file:{tmp_path}"}
    (tmp_path / f"{order_id}-000001.eml").write_text(f"To: {said[1]}")
    await parked(shared_store, order_id, *said)
    before = await everything(shared_store, tmp_path)
    assert [each for each in said if each not in before] == []

    early = ops(settings, "erase-customer", customer, expect=1)
    await api("PATCH", f"/api/orders/{order_id}/status", json={"status": "shipped"})
    rows = ops(settings, "erase-customer", customer, "--ticket", "case-17")

    assert [row["outcome"] for row in early if row.get("order")] == ["under way"]
    assert rows[0] == {"order": order_id, "outcome": "erased", "detail": "", "private": 1, "notices": 1}
    assert {row["what"]: row["outcome"] for row in rows[1:3]} == {"rows": "erased", "parked records": "erased"}
    assert {row["outcome"] for row in rows[3:]} == {"beyond reach"}
    left = await everything(shared_store, tmp_path)
    assert [each for each in said if each in left] == []
    assert (await api("GET", f"/api/customers/{customer}/orders")).body == []
    order = (await api("GET", f"/api/orders/{order_id}")).body
    assert (order["status"], order["customerId"]) == ("shipped", "")
    history = (await api("GET", f"/api/orders/{order_id}/history")).body
    assert [entry["correlationId"] for entry in history if entry.get("type") == "CustomerForgotten"] == ["case-17"]
    again = await api("POST", "/api/orders", json=an_order(customer) | private, headers={"Idempotency-Key": customer})
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert said[1] not in await everything(shared_store, tmp_path)
