"""One server, and both sides of a comparison that keep the same view on it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Final
from urllib.request import Request, urlopen
from uuid import uuid4

from azure.cosmos import CosmosClient, PartitionKey

from benchmarks import order_pages, sample_style
from benchmarks.claims import Spent, Stretch
from benchmarks.requests import EMULATOR_KEY
from local.serve.settings import EXAMPLE, local_settings, with_server
from shared.cosmos.provision import provision
from shared.runtime import App, compose
from shared.runtime import app as app_of_worker
from shared.settings import CosmosConnection, Settings, Writes

DATABASE: Final = "bench"


@dataclass(frozen=True, slots=True)
class Used:
    """What the server counted: requests, and request units."""

    requests: int
    charge: float


@dataclass(frozen=True, slots=True)
class Side:
    """`work` takes the pages in turn; `spent` is of this process, which has no server in it."""

    work: Callable[[str], Awaitable[None]]
    orders: int
    page: int

    async def once(self) -> Spent:
        texts = list(order_pages.pages(uuid4().hex, orders=self.orders, size=self.page))
        with Stretch() as spent:
            for text in texts:
                await self.work(text)
        return spent


@asynccontextmanager
async def running(url: str, writes: Writes = "auto") -> AsyncIterator[App]:
    settings = Settings(CosmosConnection(url, EMULATOR_KEY), DATABASE, DATABASE, writes=writes)
    await provision(settings, Path("infra/containers.json"))
    app = compose(settings)
    try:
        yield app
    finally:
        await app.close()


@asynccontextmanager
async def function(url: str, name: str) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """A feed function of function_app.py as the worker calls it, with the settings of the example but for the store."""
    os.environ.update(with_server(local_settings({"COSMOS_DATABASE": DATABASE}, EXAMPLE), url))
    await provision(Settings.read(os.environ), Path("infra/containers.json"))
    app = import_module("function_app").app
    (found,) = (each for each in app.get_functions() if each.get_function_name() == name)
    on_change = found.get_user_function()
    context = SimpleNamespace(invocation_id=name, retry_context=SimpleNamespace(retry_count=0))

    async def work(text: str) -> None:
        await on_change(text, context)

    try:
        yield work
    finally:
        await app_of_worker().close()


def sampled(url: str) -> Callable[[str], Awaitable[None]]:
    """The sample's function; like every synchronous one it keeps its thread busy until it returns.

    Its view has the indexes of every container that nobody thought about.
    """
    CosmosClient(url, EMULATOR_KEY).get_database_client(DATABASE).create_container_if_not_exists(
        sample_style.VIEW, PartitionKey("/customerId")
    )
    view = sample_style.container(url, EMULATOR_KEY, DATABASE)

    async def work(text: str) -> None:
        sample_style.on_change(text, view)

    return work


async def used(url: str, work: Callable[[], Awaitable[object]]) -> Used:
    """What the server counted while that went on."""
    await asyncio.to_thread(_ask, "DELETE", f"{url}/_local/usage")
    await work()
    counted = json.loads(await asyncio.to_thread(_ask, "GET", f"{url}/_local/usage"))["operations"]
    return Used(sum(int(row["times"]) for row in counted), sum(float(row["charge"]) for row in counted))


def delay(url: str, milliseconds: int) -> None:
    """Every answer of the server comes so much later."""
    body = json.dumps({"latency_ms": milliseconds}).encode()
    _ask("POST", f"{url}/_local/faults", body)


def _ask(method: str, address: str, body: bytes | None = None) -> bytes:
    with urlopen(Request(address, data=body, method=method)) as answer:  # noqa: S310 - our own server
        return bytes(answer.read())
