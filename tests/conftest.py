"""Programs of this project as fixtures: started as a user would, on free ports of this machine."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from azure.cosmos import CosmosClient
from hypothesis import settings

EMULATOR_KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="


# How fast a machine is says nothing about the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An account of Azure Cosmos DB, local or not."""

    url: str
    key: str


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cosmos")
    group.addoption("--cosmos-endpoint", help="run against this account instead of a local server of the test run")
    group.addoption("--cosmos-key", default=EMULATOR_KEY, help="its key (default: the emulator's)")


@pytest.fixture(scope="session")
def cosmos(request: pytest.FixtureRequest) -> Iterator[Endpoint]:
    """The account the tests talk to."""
    yield from account(request.config)


def account(config: pytest.Config, *options: str) -> Iterator[Endpoint]:
    """The one that the command line names, or else a server of their own."""
    url = config.getoption("--cosmos-endpoint")
    if url:
        yield Endpoint(url, config.getoption("--cosmos-key"))
        return
    command = [sys.executable, "-m", "local", "cosmos", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Endpoint(_announced(process), EMULATOR_KEY)
        finally:
            process.terminate()


def _announced(process: subprocess.Popen[str]) -> str:
    """The URL of `cosmos: listening on <url>`, the first line the server prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("cosmos: listening on "), f"the server did not start: {line!r}"
    return line.split()[-1]


@pytest.fixture
def database(cosmos: Endpoint) -> Iterator[str]:
    """A fresh database's name; it is dropped afterwards."""
    name = f"test-{uuid4().hex[:12]}"
    with CosmosClient(cosmos.url, cosmos.key) as client:
        client.create_database(name)
        yield name
        client.delete_database(name)
