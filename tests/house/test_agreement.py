"""Files that repeat each other agree: settings, containers, catalogues, functions."""

import ast
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from api.access import AccessSettings
from infra.checks.platform_settings import TOLD_BY_THE_PLATFORM
from projections import PROJECTIONS
from shared.kernel import Misconfigured, Reason
from shared.settings import EventHubsConnection, Settings, eventhubs, feed_binding
from shared.telemetry import choice

ROOT = Path(__file__).parents[2]
EXAMPLE: dict[str, dict[str, str]] = json.loads((ROOT / "local.settings.json.example").read_text())
MODEL: dict[str, Any] = json.loads((ROOT / "infra/containers.json").read_text())
CONTAINERS = {entry["name"]: entry for entry in MODEL["containers"]}
# What the platform reads and our code does not.
OF_THE_PLATFORM = {
    "FUNCTIONS_WORKER_RUNTIME",
    "AzureWebJobsStorage",
    "PYTHON_ENABLE_OPENTELEMETRY",
    "OTEL_TRACES_SAMPLER",
}
# The other way to name a connection: with an identity, in Azure.
IN_AZURE = {
    "COSMOS__accountEndpoint",
    "COSMOS__clientId",
    "EVENTHUBS__fullyQualifiedNamespace",
    "EVENTHUBS__clientId",
}


class Watched(dict[str, str]):
    """An environment that remembers what was asked of it."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - dict's own signature
        self.asked.add(name)
        return super().get(name, default)


def test_the_example_has_every_setting_that_is_read_and_no_other() -> None:
    environ = Watched(EXAMPLE["Values"])

    Settings.read(environ)
    AccessSettings.read(environ)
    feed_binding(environ)
    feed_binding(environ, "soon")
    choice.exporter(environ)
    choice.share(environ)

    assert (
        environ.asked - IN_AZURE - TOLD_BY_THE_PLATFORM - {choice.OF_THE_WORKER}
        == set(EXAMPLE["Values"]) - OF_THE_PLATFORM
    )


def test_every_setting_has_a_sentence() -> None:
    assert set(EXAMPLE["About"]) == set(EXAMPLE["Values"])
    assert all(sentence.endswith(".") for sentence in EXAMPLE["About"].values())


@pytest.mark.parametrize("name", ["COSMOS", "COSMOS_DATABASE", "COSMOS_LEASE_DATABASE", "CURSOR_KEY"])
def test_a_missing_setting_is_named(name: str) -> None:
    values = {key: value for key, value in EXAMPLE["Values"].items() if key != name}

    with pytest.raises(Misconfigured, match=name):
        Settings.read(values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CURRENCY", "dollars"),
        ("MAX_BATCH_SECONDS", "0"),
        ("COSMOS", "AccountEndpoint=x"),
        ("CURSOR_KEY", "fifteen letters"),
        ("EVENTHUBS", "Endpoint=sb://localhost;SharedAccessKeyName=x"),
        ("EVENTHUBS", "Endpoint=https://localhost;SharedAccessKeyName=x;SharedAccessKey=y"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        Settings.read(EXAMPLE["Values"] | {name: value})


def test_without_event_hubs_nothing_is_published_or_received() -> None:
    read = Settings.read(EXAMPLE["Values"] | {"EVENTHUBS": ""})

    assert read.eventhubs is None


def test_event_hubs_are_named_by_key_or_by_identity() -> None:
    address = "orders.servicebus.windows.net"
    by_key = f"Endpoint=sb://{address}/;SharedAccessKeyName=x;SharedAccessKey=y="
    by_identity = {"EVENTHUBS__fullyQualifiedNamespace": address, "EVENTHUBS__clientId": "c"}

    assert eventhubs({"EVENTHUBS": by_key}) == EventHubsConnection(address, by_key)
    assert eventhubs(by_identity) == EventHubsConnection(address, client_id="c")


def test_a_key_never_shows_in_a_printed_setting() -> None:
    hubs = "Endpoint=sb://localhost;SharedAccessKeyName=x;SharedAccessKey=a-hub-key"
    shown = repr(Settings.read(EXAMPLE["Values"] | {"EVENTHUBS": hubs}))

    assert "C2y6" not in shown
    assert "a-hub-key" not in shown
    assert EXAMPLE["Values"]["CURSOR_KEY"] not in shown


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_every_view_has_its_container_with_its_key(projection: Any) -> None:  # noqa: ANN401 - any view
    assert CONTAINERS[projection.container]["resource"]["partitionKey"]["paths"] == [f"/{projection.partitioned_by}"]


@pytest.mark.parametrize("entry", MODEL["containers"], ids=lambda entry: entry["name"])
def test_every_container_says_explicitly_what_is_indexed_and_when_it_expires(entry: dict[str, Any]) -> None:
    resource = entry["resource"]
    policy = resource["indexingPolicy"]
    paths = {path["path"] for path in [*policy["includedPaths"], *policy["excludedPaths"]]}

    assert entry["name"] == resource["id"]
    assert resource["defaultTtl"] == -1
    assert "/*" in paths
    assert entry["maxThroughput"] % 1000 == 0


def test_the_lease_container_is_what_the_trigger_needs() -> None:
    leases = CONTAINERS["leases"]

    assert leases["database"] == MODEL["leaseDatabase"] != MODEL["database"]
    assert leases["resource"]["partitionKey"]["paths"] == ["/id"]


def test_what_is_shipped_is_what_is_imported() -> None:
    ignored = {line.rstrip("/") for line in (ROOT / ".funcignore").read_text().splitlines()}
    shipped = {path.name for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").exists()} - ignored

    needed = set()
    for path in [ROOT / "function_app.py", *(file for room in shipped for file in (ROOT / room).rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and (ROOT / node.module.split(".")[0]).is_dir():
                needed.add(node.module.split(".")[0])

    assert needed <= shipped


def test_every_reason_for_parking_has_its_place_in_the_runbook() -> None:
    headings = {
        line.removeprefix("### ") for line in (ROOT / "docs/runbook.md").read_text().splitlines() if "### " in line
    }

    assert headings == set(get_args(Reason.__value__))


def test_every_test_that_the_architecture_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/architecture.md").read_text()))
    written = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }

    assert named
    assert named - written == set()
