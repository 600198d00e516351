"""One suite for both flavours of the SDK: a case awaits `sdk.do(...)` whether the call is a coroutine or not."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.cosmos import CosmosClient
from azure.cosmos.aio import CosmosClient as AsyncCosmosClient

from tests.contracts.cosmos.clients import Account, Container, Control, Item, Sdk, Server, Start, Wire


@pytest.fixture(params=["sync", "asyncio"])
async def sdk(request: pytest.FixtureRequest, cosmos: Account, database: str) -> AsyncIterator[Sdk]:
    if request.param == "sync":
        with CosmosClient(cosmos.url, cosmos.key) as client:
            yield Sdk(client, client.get_database_client(database))
        return
    async with AsyncCosmosClient(cosmos.url, cosmos.key) as asynchronous:
        yield Sdk(asynchronous, asynchronous.get_database_client(database))


@pytest.fixture
async def container(sdk: Sdk) -> Container:
    return await sdk.container()


@pytest.fixture
def unchanged_since() -> Callable[[Item], Item]:
    """The options that make a write depend on an item's etag."""
    return lambda item: {"etag": item["_etag"], "match_condition": MatchConditions.IfNotModified}


@pytest.fixture
def wire(cosmos: Account) -> Wire:
    return Wire(cosmos)


@pytest.fixture
def wire_to() -> Callable[[str], Wire]:
    """For a server of the case's own, which has the emulator's key."""
    return lambda url: Wire(Server(url))


@pytest.fixture
def docs(wire: Wire, database: str) -> str:
    """The path of a fresh container's items, keyed by `/pk`."""
    content = {"id": "raw", "partitionKey": {"paths": ["/pk"], "kind": "Hash", "version": 2}}
    assert wire("POST", f"/dbs/{database}/colls", json.dumps(content).encode()).status == 201
    return f"/dbs/{database}/colls/raw/docs"


@pytest.fixture
def local_only(request: pytest.FixtureRequest) -> None:
    """For what a real account does not have."""
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("needs the local server's own control paths")


@pytest.fixture
def start() -> Start:
    """A server of the case's own; a context that gives its process and its URL."""
    return _started


@contextmanager
def _started(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "local", "cosmos", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.kill()


@pytest.fixture
def control(wire: Wire) -> Iterator[Control]:
    """Acts on `/_local`; whatever trouble a case has ordered ends with it."""
    ahead = 0.0

    def act(method: str, path: str, /, **given: Any) -> Item:  # noqa: ANN401 - JSON of any act
        nonlocal ahead
        ahead += given.get("advance", 0.0)
        reply = wire(method, f"/_local/{path}", json.dumps(given).encode() if given else b"")
        assert reply.status == 200, reply.body
        answer: Item = reply.json
        return answer

    yield act
    act("DELETE", "faults")
    act("POST", "limits", on=False)
    act("POST", "stale-reads", on=False)
    act("POST", "clock", advance=-ahead)
