"""The emulators start with the hubs that infra/ declares, and for this machine only."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from local.emulators import CONFIGURATION, HUBS, configuration

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
SERVICES: dict[str, dict[str, Any]] = YAML(typ="safe").load(FILE)["services"]
DECLARED: list[dict[str, Any]] = json.loads(HUBS.read_text())["hubs"]
NAMES = st.text("abcdefgh-", min_size=1, max_size=8)
A_HUB = st.fixed_dictionaries(
    {
        "name": NAMES,
        "partitionCount": st.integers(1, 32),
        "consumerGroups": st.lists(NAMES | st.just("$Default"), unique=True, max_size=4),
    }
)


def entities(hubs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    (namespace,) = configuration({"hubs": hubs})["UserConfig"]["NamespaceConfig"]
    found: list[dict[str, Any]] = namespace["Entities"]
    return found


def test_the_file_matches_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@given(st.lists(A_HUB, max_size=4))
def test_every_declared_hub_and_group_is_configured_but_the_one_that_is_implicit(hubs: list[dict[str, Any]]) -> None:
    found = entities(hubs)

    assert [(each["Name"], each["PartitionCount"]) for each in found] == [
        (hub["name"], hub["partitionCount"]) for hub in hubs
    ]
    for hub, each in zip(hubs, found, strict=True):
        assert [group["Name"] for group in each["ConsumerGroups"]] == [
            group for group in hub["consumerGroups"] if group != "$Default"
        ]


def test_what_is_declared_fits_into_the_emulator() -> None:
    """learn.microsoft.com/azure/event-hubs/overview-emulator: 10 hubs, 32 partitions, 20 consumer groups."""
    assert len(DECLARED) <= 10
    for hub in DECLARED:
        assert hub["partitionCount"] <= 32
        assert len(hub["consumerGroups"]) <= 20


def test_the_configuration_is_written_where_it_is_mounted_from() -> None:
    subprocess.run([sys.executable, "-m", "local.emulators"], cwd=ROOT, check=True, capture_output=True)

    (mounted,) = SERVICES["eventhubs"]["volumes"]
    assert (ROOT / mounted.split(":")[0]).resolve() == CONFIGURATION
    assert json.loads(CONFIGURATION.read_text()) == configuration({"hubs": DECLARED})


def test_every_port_is_reached_from_this_machine_only() -> None:
    ports = [port for each in SERVICES.values() for port in each["ports"]]

    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_the_images_are_microsofts() -> None:
    assert {each["image"].split("/")[0] for each in SERVICES.values()} == {"mcr.microsoft.com"}
