"""A new view is one file, one line and one container: shown in a copy of the project, on the running engine."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Endpoint
from tests.programs import ROOT

VIEW = '''"""Late orders: every order that was placed and not yet shipped."""

from dataclasses import dataclass

from orders.events import OrderEvent, OrderPlaced
from shared.kernel import Key, Projection, Recorded


@dataclass(frozen=True, slots=True)
class LateOrder:
    order_id: str


def evolve(row: LateOrder | None, event: Recorded[OrderEvent]) -> LateOrder | None:
    return LateOrder(event.stream) if isinstance(event.body, OrderPlaced) else None


late_orders = Projection("late_orders", row=LateOrder, evolve=evolve)
'''
RUN = """
import asyncio, json, os
from datetime import UTC, datetime
import orjson
from orders.events import ORDER_EVENTS, Line, OrderPlaced, OrderShipped
from shared.cosmos.provision import provision
from shared.kernel import Key, Money, Recorded
from shared.pipeline import EventCodec
from shared.runtime import compose
from shared.subscriptions import CONSUMERS
from shared.settings import Settings

async def main():
    settings = Settings.read(os.environ)
    await provision(settings)
    app = compose(settings)
    (consumer,) = [each for each in CONSUMERS if each.name == "project_late_orders"]
    price = Money(100, "USD")
    placed = OrderPlaced((Line("tea", "Tea", 1, price),), price)
    at = datetime(2026, 1, 31, tzinfo=UTC)
    events = [Recorded(placed, stream, "c", 1, at) for stream in ("o1", "o2")]
    events.append(Recorded(OrderShipped(by_hand=True), "o2", "c", 2, at))
    codec = EventCodec(*ORDER_EVENTS)
    await app.pipeline.run(consumer, orjson.dumps([codec.encode(event) for event in events]).decode())
    rows = [await app.pipeline.engine.rows.read("late-orders", Key(stream, stream)) for stream in ("o1", "o2")]
    await app.close()
    print(json.dumps([row.item.get("body", True) for row in rows]))

asyncio.run(main())
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    wanted = ("api", "gateways", "infra", "orders", "projections", "sagas", "shared", "function_app.py", "host.json")
    for name in wanted:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, project / name)
    return project


def add_late_orders(project: Path) -> None:
    """The one file, the one line (and its import), and the one container."""
    (project / "projections" / "late_orders.py").write_text(VIEW)
    catalogue = project / "projections" / "__init__.py"
    imported = "from projections.order_board"
    text = catalogue.read_text().replace(imported, f"from projections.late_orders import late_orders\n{imported}")
    catalogue.write_text(text.replace("order_board)", "order_board, late_orders)", 1))
    file = project / "infra" / "containers.json"
    model = json.loads(file.read_text())
    policy = {"automatic": True, "indexingMode": "consistent", "includedPaths": [], "excludedPaths": [{"path": "/*"}]}
    resource = {
        "id": "late-orders",
        "partitionKey": {"paths": ["/orderId"], "kind": "Hash", "version": 2},
        "defaultTtl": -1,
        "indexingPolicy": policy,
    }
    entry = {"name": "late-orders", "database": model["database"], "maxThroughput": 1000, "resource": resource}
    file.write_text(json.dumps(model | {"containers": [*model["containers"], entry]}))


def test_a_view_is_one_file_one_line_and_one_container(copy: Path, cosmos: Endpoint, database: str) -> None:
    add_late_orders(copy)
    environ = {
        "PATH": "",
        "PYTHONPATH": str(copy),
        "COSMOS": f"AccountEndpoint={cosmos.url}/;AccountKey={cosmos.key};",
        "COSMOS_DATABASE": database,
        "COSMOS_LEASE_DATABASE": database,
        "CURSOR_KEY": "a test of the house",
    }
    ask = "import function_app; print([each.get_function_name() for each in function_app.app.get_functions()])"

    indexed = subprocess.run(
        [sys.executable, "-c", ask], cwd=copy, env=environ, capture_output=True, text=True, check=True
    )
    ran = subprocess.run([sys.executable, "-c", RUN], cwd=copy, env=environ, capture_output=True, text=True, check=True)

    assert "project_late_orders" in indexed.stdout
    assert json.loads(ran.stdout) == [True, False]
