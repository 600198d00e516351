"""Hosts of two versions of the code run on one store and are killed in turn, either way round: every law holds."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from shared.subscriptions import CONSUMERS
from tests.e2e.conftest import Api, Store, api_url
from tests.programs import ROOT, Program, eventually, started

# The newer code writes these in a second version, which the older code cannot read.
VERSIONS = "ORDER_VERSIONS: Final = Versions()"
NEWER = 'ORDER_VERSIONS: Final = Versions({"OrderShipped": (dict,), "OrderDelivered": (dict,)})'
LEFT = shutil.ignore_patterns(".*", "tests", "docs", "benchmarks", "__pycache__")

pytestmark = pytest.mark.long


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The next version of the app, in a checkout of its own."""
    checkout = tmp_path / "newer"
    shutil.copytree(ROOT, checkout, ignore=LEFT)
    versions = checkout / "orders/versions.py"
    assert VERSIONS in versions.read_text()
    versions.write_text(versions.read_text().replace(VERSIONS, NEWER))
    return checkout


async def test_hosts_of_two_versions_die_in_turn_and_every_law_holds(
    newer: Path, settings: dict[str, str], session: aiohttp.ClientSession, store: Store, tmp_path: Path
) -> None:
    settings = settings | {"AzureWebJobs_advance_fulfilment_Disabled": "false", "SAGA_STEP_SECONDS": "2"}
    doors_only = settings | {f"AzureWebJobs_{each.name}_Disabled": "true" for each in CONSUMERS}
    with ExitStack() as running:

        def run(checkout: Path, environ: Mapping[str, str]) -> Program:
            log = tmp_path / f"{len(list(tmp_path.glob('*.log')))}.log"
            host = started("local.host", "--app", ".", "--port", "0", output=log, environ=environ, checkout=checkout)
            return running.enter_context(host)

        old, new = run(ROOT, settings), run(newer, settings)
        old_doors, new_doors = (Api(session, api_url(each)) for each in (old, new))
        orders = await placed(4, old_doors, new_doors)
        old.kill()
        orders += await placed(2, new_doors)
        old = run(ROOT, settings)
        orders += await placed(2, Api(session, api_url(old)), new_doors)
        new.kill()

        # The deployment is taken back, and the old version meets what only the new one can read.
        doors = run(newer, doors_only)
        moved = await placed(3, Api(session, api_url(doors)))
        for each in moved:
            await Api(session, api_url(doors))("PATCH", f"/api/orders/{each}/status", json={"status": "shipped"})
        doors.kill()
        assert "unknown_version" in await reasons(store)
        orders += moved + await placed(1, Api(session, api_url(old)))

        # It is made again.
        new = run(newer, settings)
        api = Api(session, api_url(new))
        old.kill()
        await released(newer, settings, api)
        await ended(api, orders)
        await released(newer, settings, api)

        assert await store.rows() == await store.expected_rows()
        assert len(await store.rows()) == len(orders)
        assert await written_in(store) >= {("OrderShipped", 1), ("OrderShipped", 2)}
        assert ops(newer, settings, "audit")[0] == 0


async def placed(count: int, *doors: Api) -> list[str]:
    return [(await api.placed(f"c{n}"))["orderId"] for n in range(count) for api in doors]


async def reasons(store: Store) -> set[str]:
    """Why orders are parked, as soon as any is."""

    async def found() -> set[str] | None:
        return {item["reason"] for item in await store.items("poison") if item["type"] == "LaneHead"} or None

    return await eventually(found, what="something parked", within=90)


async def released(checkout: Path, settings: Mapping[str, str], api: Api) -> None:
    """Everything that waits is put in, until nothing waits."""
    async with asyncio.timeout(120):
        while True:
            await api.settled(within=90)
            lanes = [row["lane"] for row in ops(checkout, settings, "parked")[1]]
            if not lanes:
                return
            ops(checkout, settings, "release", *lanes)


async def ended(api: Api, orders: list[str]) -> None:
    async def over(order_id: str) -> bool | None:
        saga = await api("GET", f"/api/sagas/{order_id}")
        return saga.status != 200 or saga.body["outcome"] != "running" or None

    for order_id in orders:
        await eventually(partial(over, order_id), what=f"the end of {order_id}", within=90)


async def written_in(store: Store) -> set[tuple[str, int]]:
    return {(item["type"], item["schemaVersion"]) for item in await store.items("orders") if "sequence" in item}


def ops(checkout: Path, settings: Mapping[str, str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    command, environ = [sys.executable, "-m", "ops", *arguments], {**os.environ, **settings}
    done = subprocess.run(command, cwd=checkout, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout or "[]")
