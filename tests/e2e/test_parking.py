"""A poisoned order on the running app: it alone waits, an operator sees it, mends it, and everything goes in."""

from shared.settings import Settings
from shared.subscriptions import feeds_of
from tests.e2e.conftest import Api, Store
from tests.e2e.operating import ops, shown


async def test_one_poisoned_order_waits_alone_until_it_is_mended_and_released(
    api: Api, customer: str, shared_store: Store, shared_settings: dict[str, str]
) -> None:
    poisoned, healthy = [(await api.placed(customer))["orderId"] for _ in range(2)]
    orders = shared_store.container("orders")
    shipped = {
        "id": "000002",
        "orderId": poisoned,
        "customerId": customer,
        "type": "OrderShipped",
        "schemaVersion": 1,
        "sequence": 2,
        "at": "2026-01-31T09:30:00.000000Z",
    }
    await orders.create_item(shipped | {"data": {"by_hand": "4111-1111-1111-1111"}})
    await api("PATCH", f"/api/orders/{healthy}/status", json={"status": "shipped"})
    await api.settled()

    statuses = {row["orderId"]: row["status"] for row in (await api("GET", f"/api/customers/{customer}/orders")).body}
    assert statuses == {poisoned: "pending", healthy: "shipped"}
    lanes = {row["consumer"]: row for row in ops(shared_settings, "parked") if row.get("stream") == poisoned}
    readers = feeds_of(Settings.read(shared_settings))["orders"]
    assert lanes.keys() == {reader.name for reader in readers} - {"advance_fulfilment"}
    for parked in lanes.values():
        assert (parked["reason"], parked["first"], parked["last"]) == ("unreadable", 2, 2)
    assert "4111" not in str(lanes)
    parked = lanes["project_customer_orders"]
    (early,) = ops(shared_settings, "release", parked["lane"], expect=1)
    assert early["outcome"] == "still poison"

    await orders.replace_item("000002", shipped | {"data": {"byHand": True}})
    await api("PATCH", f"/api/orders/{poisoned}/status", json={"status": "delivered"})
    await api.settled()
    (shown,) = ops(shared_settings, "show", parked["lane"])
    assert [waiting["type"] for waiting in shown["waiting"]] == ["OrderShipped", "OrderDelivered"]

    released = [outcome for each in lanes.values() for outcome in ops(shared_settings, "release", each["lane"])]

    assert {each["outcome"] for each in released} == {"released"}
    for order in (poisoned, healthy):
        assert await shared_store.row(order) == await shared_store.expected_row(order)
    assert poisoned not in [row.get("stream") for row in ops(shared_settings, "parked")]


def test_what_is_not_parked_is_said_plainly(shared_settings: dict[str, str]) -> None:
    (row,) = ops(shared_settings, "release", "nothing:1:c:o", expect=1)

    assert row == {"lane": "nothing:1:c:o", "outcome": "failed", "detail": "nothing is parked as nothing:1:c:o"}
    assert ops(shared_settings, "release", expect=1) == []


def test_people_can_have_a_table(served: str, shared_settings: dict[str, str]) -> None:
    assert served

    table = shown(shared_settings, "lag", "--table")

    assert table.splitlines()[0].split()[:6] == ["consumer", "container", "leases", "owned", "lag", "off"]
