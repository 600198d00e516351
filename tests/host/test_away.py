"""The store is away, late, incomplete or in trouble: the host says so and goes on when it can."""

import socket
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from azure.cosmos import CosmosClient, PartitionKey

from tests.conftest import EMULATOR_KEY, Endpoint
from tests.host.conftest import Run, Store, ask, feed_app
from tests.programs import Program, started, until

NOTE_IDS = 'for doc in docs:\n    note(id=doc["id"])'


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
        return port


def server(folder: Path, port: int) -> AbstractContextManager[Program]:
    """A server that remembers what an earlier one on the same folder was told."""
    arguments = ("local", "cosmos", "--port", str(port), "--data", str(folder / "data"))
    return started(*arguments, output=folder / f"cosmos-{port}.log")


def is_spent(cosmos: Endpoint) -> bool | None:
    _, answer = ask("GET", f"{cosmos.url}/_local/faults")
    return all(fault["hits"] >= 3 for fault in answer["faults"]) or None


def test_a_server_that_starts_again_is_followed_from_the_same_place(run: Run, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"COSMOS": f"AccountEndpoint={url}/;AccountKey={EMULATOR_KEY};", "DB": "db"}
    source = feed_app(NOTE_IDS, options="feed_poll_delay=200")

    with server(tmp_path, port) as first:
        first.url("cosmos: listening on ")
        with CosmosClient(url, EMULATOR_KEY) as client:
            opened = client.create_database("db")
            opened.create_container("items", PartitionKey("/pk"))
            opened.create_container("leases", PartitionKey("/id"), default_ttl=-1)
            opened.get_container_client("items").create_item({"id": "before", "pk": "one"})
        with run(source, environ=settings) as hosted:
            assert hosted.url
            hosted.noted(id="before")
            assert first.end() == 0
            with server(tmp_path, port) as second:
                second.url("cosmos: listening on ")
                with CosmosClient(url, EMULATOR_KEY) as client:
                    items = client.get_database_client("db").get_container_client("items")
                    items.create_item({"id": "after", "pk": "one"})

                hosted.noted(id="after")

                assert hosted.program.end() == 0


def test_a_server_that_starts_later_is_found(run: Run, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"COSMOS": f"AccountEndpoint={url}/;AccountKey={EMULATOR_KEY};", "DB": "db"}

    with run(feed_app(NOTE_IDS), environ=settings) as hosted:
        until(lambda: "unable to start" in hosted.program.said or None, what="a line about the missing server")
        with server(tmp_path, port) as late:
            late.url("cosmos: listening on ")
            with CosmosClient(url, EMULATOR_KEY) as client:
                opened = client.create_database("db")
                opened.create_container("leases", PartitionKey("/id"), default_ttl=-1)
                opened.create_container("items", PartitionKey("/pk")).create_item({"id": "one", "pk": "one"})

            hosted.noted(id="one")
            assert hosted.program.end() == 0
    assert "Traceback" not in hosted.program.said
    assert "Unclosed" not in hosted.program.said


def test_containers_that_are_made_later_are_found(run: Run, cosmos: Endpoint, database: str) -> None:
    settings = {"COSMOS": f"AccountEndpoint={cosmos.url}/;AccountKey={cosmos.key};", "DB": database}

    with run(feed_app(NOTE_IDS), environ=settings) as hosted, CosmosClient(cosmos.url, cosmos.key) as client:
        until(lambda: "does not exist" in hosted.program.said or None, what="a line about the missing container")
        assert "host: running" not in hosted.program.said
        opened = client.get_database_client(database)
        opened.create_container("leases", PartitionKey("/id"), default_ttl=-1)
        opened.create_container("items", PartitionKey("/pk")).create_item({"id": "one", "pk": "one"})

        hosted.noted(id="one")
        assert hosted.url


def test_a_lease_container_is_made_when_the_trigger_asks_for_it(run: Run, cosmos: Endpoint, database: str) -> None:
    settings = {"COSMOS": f"AccountEndpoint={cosmos.url}/;AccountKey={cosmos.key};", "DB": database}
    source = feed_app(NOTE_IDS, options="create_lease_container_if_not_exists=True")

    with CosmosClient(cosmos.url, cosmos.key) as client, run(source, environ=settings) as hosted:
        opened = client.get_database_client(database)
        opened.create_container("items", PartitionKey("/pk")).create_item({"id": "one", "pk": "one"})

        hosted.noted(id="one")

        made = opened.get_container_client("leases").read()
        assert (made["partitionKey"]["paths"], made["defaultTtl"]) == (["/id"], -1)


@pytest.mark.parametrize(
    "fault",
    [
        {"operation": "ChangeFeed", "container": "items", "status": 500, "times": 6},
        {"operation": "Replace", "container": "leases", "status": 500, "times": 3},
        {"operation": "Replace", "container": "leases", "drop": True, "when": "after", "times": 3},
        {"operation": "Query", "container": "leases", "status": 500, "times": 3},
        {"operation": "Read", "container": "leases", "status": 500, "times": 3},
    ],
    ids=["reads of the feed", "writes of leases", "answers to writes of leases", "rounds of balancing", "renewals"],
)
def test_trouble_with_the_store_loses_nothing(
    run: Run, store: Store, cosmos: Endpoint, fault: dict[str, object]
) -> None:
    with run(feed_app(NOTE_IDS, options="feed_poll_delay=500"), environ=store.settings) as hosted:
        assert hosted.url
        store.write("before")
        hosted.noted(id="before")
        ask("POST", f"{cosmos.url}/_local/faults", fault)
        for number in range(20):
            store.write(str(number), pk=str(number))

        for number in range(20):
            hosted.noted(id=str(number))
        until(lambda: is_spent(cosmos), what="all of the trouble")
        ask("DELETE", f"{cosmos.url}/_local/faults")
        until(lambda: None not in store.owners() or None, what="an owner for every lease")
        assert hosted.program.end() == 0
    assert "Traceback" not in hosted.program.said
