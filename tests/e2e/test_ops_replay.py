"""Replay on the running app: what it would change is seen first, and who did what is told afterwards."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Api, Store
from tests.e2e.operating import ops
from tests.programs import ROOT, started

BAD = "4111-1111-1111-1111"
WHY = ("--why", "the shop has sent a card number", "--as", "ada")


def shipped(order: str, customer: str, **data: object) -> dict[str, object]:
    """As it is stored: whole, or with something in it that nobody can read."""
    event = {"id": "000002", "orderId": order, "customerId": customer, "type": "OrderShipped", "schemaVersion": 1}
    return event | {"sequence": 2, "at": "2026-01-31T09:30:00.000000Z", "data": data}


def edited(settings: dict[str, str], lane: str, new: dict[str, Any], *more: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "ops", "edit", lane, "--set", "-", *WHY, *more]
    environ = {**os.environ, **settings}
    done = subprocess.run(
        command, cwd=ROOT, env=environ, input=json.dumps(new), capture_output=True, text=True, check=True
    )
    assert "4111" not in done.stdout + done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


async def test_an_order_is_mended_and_replayed_as_was_foreseen_and_its_deeds_are_told(
    api: Api, customer: str, shared_store: Store, shared_settings: dict[str, str]
) -> None:
    order = (await api.placed(customer))["orderId"]
    orders = shared_store.container("orders")
    broken = shipped(order, customer, by_hand=BAD)
    await orders.create_item(broken)
    await api.settled()
    lanes = {row["consumer"]: row["lane"] for row in ops(shared_settings, "parked") if row.get("stream") == order}
    lane = lanes["project_customer_orders"]

    foreseen = ops(shared_settings, "replay", "--key", order, "--dry-run", *WHY)
    assert {row["would"] for row in foreseen if row["what"] == "outcome"} == {"still poison"}
    assert [row for row in foreseen if row["what"] == "document"] == []
    would = edited(shared_settings, lane, {"data": {"byHand": True}}, "--dry-run")
    assert (await orders.read_item("000002", order))["data"] == broken["data"]
    rows = edited(shared_settings, lane, {"data": {"byHand": True}})

    documents = {(row["container"], row["change"]) for row in would if row["what"] == "document"}
    assert {("customer-orders", "replaced"), ("orders", "replaced"), ("poison", "deleted")} <= documents
    assert next(row["ru"] for row in would if row["what"] == "cost") > 10
    assert [row["outcome"] for row in rows] == ["edited", *["released"] * len(lanes)]
    assert await shared_store.row(order) == await shared_store.expected_row(order)
    deeds = [row for row in ops(shared_settings, "deeds") if order in row["subject"]]
    assert [(row["action"], row["who"], row["why"]) for row in deeds] == [
        *[("replay", "ada", WHY[1])] * len(lanes),
        ("edit", "ada", WHY[1]),
    ]
    assert "4111" not in str(deeds)
    assert order not in str(ops(shared_settings, "parked"))


async def test_over_http_an_operator_does_the_same(api: Api, customer: str, shared_store: Store) -> None:
    order = (await api.placed(customer))["orderId"]
    orders = shared_store.container("orders")
    await orders.create_item(shipped(order, customer, by_hand=BAD))
    await api.settled()

    lanes = (await api("GET", "/api/ops/lanes", params={"key": order})).body
    (view,) = [row["lane"] for row in lanes if row["consumer"] == "project_customer_orders"]
    shown = await api("GET", f"/api/ops/lanes/{view}")
    assert shown.body["waiting"] == [{"sequence": 2, "type": "OrderShipped"}]
    dropped = await api("POST", f"/api/ops/lanes/{view}/drop", json={"why": "never mind"})
    assert (dropped.status, dropped.body["code"]) == (409, "not_droppable")
    wrong = await api("POST", f"/api/ops/lanes/{view}/edit", json={"why": "so", "set": {"data": {"byHand": 7}}})
    assert (wrong.status, wrong.body["code"]) == (409, "not_editable")
    wish = {"why": "as the shop meant it", "set": {"data": {"byHand": True}}}
    foreseen = await api("POST", f"/api/ops/lanes/{view}/edit", params={"dryRun": "true"}, json=wish)
    assert {each["outcome"] for each in foreseen.body["outcomes"]} == {"edited", "released"}
    assert {each["container"] for each in foreseen.body["changes"]} >= {"orders", "customer-orders", "poison"}
    assert (await orders.read_item("000002", order))["data"] == {"by_hand": BAD}
    edited = await api("POST", f"/api/ops/lanes/{view}/edit", json=wish)
    assert [row["outcome"] for row in edited.body["lanes"]] == ["edited", *["released"] * len(lanes)]

    again = await api("POST", "/api/ops/replay", json={"why": "once more", "key": order})
    assert again.body == {"lanes": [], "left": 0}
    assert await shared_store.row(order) == await shared_store.expected_row(order)
    deeds = [deed for deed in (await api("GET", "/api/ops/deeds")).body if order in deed["subject"]]
    assert {deed["action"] for deed in deeds} == {"edit", "replay"}
    assert {deed["why"] for deed in deeds} == {"as the shop meant it"}
    assert all(deed["who"] for deed in deeds)
    assert BAD not in str([deeds, foreseen.body, edited.body, shown.body])
    nobody = await api("POST", f"/api/ops/sagas/{order}/skip", json={"why": "no saga runs here"})
    assert (nobody.status, nobody.body["code"]) == (404, "no_such_saga")
    assert (await api("GET", "/api/ops/sagas")).status == 200


def test_nobody_acts_without_a_reason(shared_settings: dict[str, str]) -> None:
    assert ops(shared_settings, "replay", "nothing:1:c:o", "--why", " ", expect=1) == []


@pytest.mark.parametrize("dry", ["true", "false"])
async def test_a_pace_that_takes_for_ever_holds_no_request(api: Api, dry: str) -> None:
    slow = {"why": "a test", "lanes": ["nobody:1:a:b", "nobody:1:b:c"], "ruPerSecond": 1e-300}

    async with asyncio.timeout(60):
        answer = await api("POST", f"/api/ops/replay?dryRun={dry}", json=slow)

    assert answer.status == 200
    told = (len(answer.body["outcomes"] if dry == "true" else answer.body["lanes"]), answer.body["left"])
    assert told == ((2, 0) if dry == "true" else (1, 1))


async def test_a_replay_that_is_killed_is_finished_by_the_next_and_every_lane_is_told_of(
    api: Api, customer: str, shared_store: Store, shared_settings: dict[str, str], tmp_path: Path
) -> None:
    placed = [(await api.placed(customer))["orderId"] for _ in range(4)]
    events, poison = shared_store.container("orders"), shared_store.container("poison")
    for order in placed:
        await events.create_item(shipped(order, customer, by_hand=BAD))
    await api.settled()
    for order in placed:
        await events.replace_item("000002", shipped(order, customer, byHand=True))
    lanes = [row["lane"] for row in ops(shared_settings, "parked") if row.get("stream") in placed]

    async def heads() -> set[str]:
        return {item["lane"] for item in await shared_store.items("poison") if item["type"] == "LaneHead"}

    with started(
        "ops", "replay", *lanes, "--ru", "100", *WHY, output=tmp_path / "said", environ=shared_settings
    ) as one:
        async with asyncio.timeout(60):
            while set(lanes) <= await heads():
                assert one.process.poll() is None, one.said
        one.kill()
    left = set(lanes) & await heads()
    claims = [item for item in await shared_store.items("poison") if item["type"] == "LaneClaim"]
    cut_short = [item for item in claims if item["lane"] in lanes]
    # The minute of whoever died at it is over; his lane may be gone, and only his claim be left.
    for item in cut_short:
        await poison.replace_item(item["id"], item | {"until": item["at"]})
    again = ops(shared_settings, "replay", *sorted(left | {item["lane"] for item in cut_short}), *WHY)

    assert left, "it was killed too late"
    assert {row["outcome"] for row in again} <= {"released", "nothing to release"}
    assert not set(lanes) & await heads()
    for order in placed:
        assert await shared_store.row(order) == await shared_store.expected_row(order)
    deeds = [row for row in ops(shared_settings, "deeds") if row["subject"] in lanes]
    assert {row["subject"] for row in deeds} == set(lanes)
    assert [row for row in deeds if row["action"] != "replay"] == []
    assert len(deeds) <= len(lanes) + 1
