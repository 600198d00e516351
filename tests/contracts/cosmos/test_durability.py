"""What was answered survives a killed process, and a restarted server goes on where it was."""

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from azure.cosmos import ContainerProxy, CosmosClient, PartitionKey

from tests.contracts.cosmos.clients import EMULATOR_KEY, Start, Wire


def _created(container: ContainerProxy, number: int) -> int:
    container.create_item({"id": str(number), "pk": str(number % 10)})
    return number


def test_every_answered_write_survives_kill_9(start: Start, tmp_path: Path) -> None:
    """The answer to a write is sent after its commit."""
    data = str(tmp_path / "cosmos.db")
    answered: list[int] = []
    with start("--data", data) as (process, url), CosmosClient(url, EMULATOR_KEY) as client:
        container = client.create_database("d").create_container("c", PartitionKey("/pk"))
        threading.Timer(0.5, process.kill).start()
        with pytest.raises(Exception, match="onnection"):
            answered.extend(_created(container, n) for n in range(100_000))

    with start("--data", data) as (_, url), CosmosClient(url, EMULATOR_KEY) as client:
        container = client.get_database_client("d").get_container_client("c")
        kept = {int(item["id"]) for item in container.read_all_items()}

    assert len(answered) > 10
    assert set(answered) <= kept <= {*answered, len(answered)}


def test_a_restarted_server_goes_on_with_its_log(start: Start, tmp_path: Path) -> None:
    """LSNs, rids, throughput and splits are part of what is kept."""
    data = str(tmp_path / "cosmos.db")
    with start("--data", data) as (process, url), CosmosClient(url, EMULATOR_KEY) as client:
        container = client.create_database("d").create_container("c", PartitionKey("/pk"), offer_throughput=700)
        first = container.create_item({"id": "a", "pk": "x"})
        container.create_item({"id": "gone", "pk": "x"})
        container.delete_item("gone", "x")
        process.terminate()
        assert process.wait(10) == 0

    with start("--data", data) as (_, url), CosmosClient(url, EMULATOR_KEY) as client:
        container = client.get_database_client("d").get_container_client("c")
        later = container.create_item({"id": "b", "pk": "x"})
        feed = list(container.query_items_change_feed(start_time="Beginning"))

        assert container.read_item("a", "x") == first
        assert container.get_throughput().offer_throughput == 700
        assert [(item["id"], item["_lsn"]) for item in feed] == [("a", 1), ("b", 4)]
        assert later["_rid"] > first["_rid"]


def test_the_first_line_says_where_it_listens_and_sigterm_ends_it_cleanly(
    start: Start, wire_to: Callable[[str], Wire]
) -> None:
    """A program that starts it reads one line and no more."""
    with start() as (process, url):
        assert url.startswith("http://127.0.0.1:")
        assert json.loads(wire_to(url)("GET", "/_local").body)["name"] == "orderflow-local-cosmos"
        process.terminate()
        assert process.wait(10) == 0


def test_a_file_has_one_server_at_a_time(start: Start, tmp_path: Path) -> None:
    """Places in the log are counted in memory, so a second server would count them anew."""
    data = str(tmp_path / "cosmos.db")
    second = [sys.executable, "-m", "local", "cosmos", "--port", "0", "--data", data]

    with start("--data", data):
        refused = subprocess.run(second, capture_output=True, text=True, timeout=20, check=False)

    assert refused.returncode == 1
    assert "cannot start: database is locked" in refused.stderr


def test_a_file_of_another_version_is_left_alone_and_named(tmp_path: Path) -> None:
    data = tmp_path / "cosmos.db"
    with contextlib.closing(sqlite3.connect(data)) as old:
        old.execute("CREATE TABLE items (etag TEXT)")
    before = data.read_bytes()
    command = [sys.executable, "-m", "local", "cosmos", "--port", "0", "--data", str(data)]

    refused = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert (refused.returncode, data.read_bytes()) == (1, before)
    assert f"{data} was written by another version of this server" in refused.stderr
