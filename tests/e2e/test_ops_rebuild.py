"""`python -m ops rebuild`: what an operator sees, and a command that is killed and given again."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from uuid import uuid4

import pytest
from azure.cosmos import ContainerProxy, CosmosClient

from orders.events import OrderPlaced, OrderShipped
from projections.order_board import order_board
from shared.cosmos.provision import provision
from shared.kernel import Key
from shared.pipeline import Project
from shared.ports import RowWrite
from shared.runtime import compose
from shared.settings import Settings
from tests.conftest import Endpoint
from tests.e2e.conftest import app_settings
from tests.orders import a_line, recorded, usd
from tests.pipeline.worlds import CODEC, text
from tests.programs import ROOT

ORDERS = 150
PLACED, SHIPPED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True)


@pytest.fixture
def lived_in(cosmos: Endpoint) -> Iterator[dict[str, str]]:
    """A store whose board has every order."""
    made = app_settings(cosmos, uuid4().hex[:8])
    asyncio.run(_fill(made))
    yield made
    with CosmosClient(cosmos.url, cosmos.key) as client:
        for name in (made["COSMOS_DATABASE"], made["COSMOS_LEASE_DATABASE"]):
            client.delete_database(name)


async def _fill(made: Mapping[str, str]) -> None:
    settings = Settings.read(made)
    await provision(settings)
    app = compose(settings)
    items = [CODEC.encode(event) for n in range(ORDERS) for event in recorded([PLACED, SHIPPED], stream=f"o{n}")]
    writes = [RowWrite(Key(str(item["orderId"]), str(item["id"])), item, None) for item in items]
    assert app.pipeline.engine.many
    await app.pipeline.engine.many.write_all("orders", writes)
    await app.pipeline.run(Project(order_board), text(items))
    await app.close()


def started(made: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ops", "rebuild", *arguments]
    environ = {**os.environ, **made}
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(made: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    with started(made, *arguments) as process:
        out, error = process.communicate(timeout=120)
    return process.returncode, out or error


def board(cosmos: Endpoint, made: Mapping[str, str]) -> ContainerProxy:
    return (
        CosmosClient(cosmos.url, cosmos.key)
        .get_database_client(made["COSMOS_DATABASE"])
        .get_container_client("order-board")
    )


def test_a_view_that_was_never_rebuilt_is_its_first_generation_and_an_unknown_one_is_named(
    lived_in: dict[str, str],
) -> None:
    stands, unknown = ended(lived_in, "order-board", "--show"), ended(lived_in, "order-bored")

    assert (stands[0], json.loads(stands[1])) == (0, [{"is": "live", "generation": 1, "version": 1}])
    assert unknown[0] == 1
    assert "order_board" in unknown[1]


@pytest.mark.long
def test_a_rebuild_that_was_killed_goes_on_is_promoted_and_rolled_back(
    cosmos: Endpoint, lived_in: dict[str, str]
) -> None:
    with started(lived_in, "order_board", "--ru", "20") as slow:
        container = board(cosmos, lived_in)
        _until_begun(container)
        slow.kill()

    code, told = ended(lived_in, "order_board")
    back = ended(lived_in, "order_board", "--roll-back")

    first = json.loads(told)[0]
    assert (code, first["outcome"], first["events"], first["rows"]) == (0, "promoted", 2 * ORDERS, ORDERS)
    assert first["differ"] == 0
    assert [row["generation"] for row in json.loads(back[1])] == [1, 2]


def _until_begun(container: ContainerProxy) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        begun = list(container.query_items("SELECT * FROM c WHERE c.id = 'backfill-2'", partition_key="~"))
        if any(stretch["events"] for item in begun for stretch in item["stretches"]):
            return
        time.sleep(0.05)
    raise AssertionError("the backfill never began")
