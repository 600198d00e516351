"""What may become of an order over HTTP: forward, deleted, as it was seen, and as it once was."""

import pytest

from tests.e2e.conftest import Api


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

    none = ("3", '"1" "3"', ",", "", '"')
    older = ('"1"', 'W/"3"', '"x"', '"x,3"', '"1",', ',, "1"', '"03"')
    for tag, status in ((each, status) for some, status in ((none, 400), (older, 412)) for each in some):
        answer = await api("PATCH", path, json={"status": "delivered"}, headers={"If-Match": tag})
        assert answer.status == status, tag
    for tag, status in (('"1",,\t"3"', 200), ("*", 200)):
        answer = await api("PATCH", path, json={"status": "delivered"}, headers={"If-Match": tag})
        assert answer.status == status, tag


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


async def test_a_shipped_order_cannot_be_deleted(api: Api, customer: str) -> None:
    order_id = (await api.placed(customer))["orderId"]
    await api("PATCH", f"/api/orders/{order_id}/status", json={"status": "shipped"})

    answer = await api("DELETE", f"/api/orders/{order_id}")

    assert (answer.status, answer.body["code"]) == (409, "order_not_pending")


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
