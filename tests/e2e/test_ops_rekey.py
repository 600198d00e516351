"""The drill of docs/change.md: a container is copied under another key, killed in between, and proved to be whole."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL
from typing import Any
from uuid import uuid4

import pytest
from azure.cosmos.aio import CosmosClient

from shared.cosmos.provision import provision
from shared.settings import Settings
from tests.conftest import Endpoint
from tests.e2e.conftest import Store, app_settings
from tests.e2e.operating import ops
from tests.programs import ROOT

TARGET = "customer-orders-by-order"
ITEMS = 240
COPY = ("rekey", "customer-orders", TARGET, "--page", "20")


@pytest.fixture
async def drill(cosmos: Endpoint, tmp_path: Path) -> AsyncIterator[tuple[dict[str, str], Store]]:
    """The declared containers and one more, and many rows in the old one."""
    settings = app_settings(cosmos, uuid4().hex[:8])
    model: dict[str, Any] = json.loads((ROOT / "infra/containers.json").read_text())
    (declared,) = [each for each in model["containers"] if each["name"] == "customer-orders"]
    new = json.loads(json.dumps(declared).replace('"customer-orders"', f'"{TARGET}"'))
    new["resource"]["partitionKey"]["paths"] = ["/orderId"]
    (tmp_path / "containers.json").write_text(json.dumps(model | {"containers": [*model["containers"], new]}))
    await provision(Settings.read(settings), tmp_path / "containers.json")
    async with CosmosClient(cosmos.url, cosmos.key) as client:
        store = Store(client, settings["COSMOS_DATABASE"])
        rows = client.get_database_client(store.database).get_container_client("customer-orders")
        for number in range(ITEMS):
            name = f"o{number:04d}"
            await rows.create_item({"id": name, "orderId": name, "customerId": f"c{number % 7}", "mark": 1})
        yield settings, store


def killed_in_between(settings: dict[str, str]) -> int:
    """After how many changes."""
    command, environ = [sys.executable, "-m", "ops", *COPY], {**os.environ, **settings}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            changes = int(line.split()[1])
            if changes >= 60:
                process.send_signal(SIGKILL)
                return changes
    raise AssertionError("it ended by itself")


async def content(store: Store, container: str) -> dict[str, object]:
    return {
        item["id"]: {name: each for name, each in item.items() if not name.startswith("_")}
        for item in await store.items(container)
    }


async def test_a_copy_that_was_killed_goes_on_and_ends_the_same(drill: tuple[dict[str, str], Store]) -> None:
    settings, store = drill

    before = killed_in_between(settings)
    (copied,) = ops(settings, *COPY)
    (compared,) = ops(settings, *COPY, "--compare")

    assert copied["outcome"] == "copied"
    # It went on where it was, give or take the pages that each range had on its way.
    assert copied["changes"] <= ITEMS - before + 8 * 20
    assert (compared["outcome"], compared["items"], compared["mended"]) == ("same", ITEMS, 0)
    assert await content(store, TARGET) == await content(store, "customer-orders")
