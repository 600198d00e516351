"""The whole app under a steady load, one of its readers in a host of its own that is stopped and started again."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, time
from typing import Any, Final

import aiohttp

from local.demo.store import opened
from local.serve.program import Program, module, running
from local.serve.settings import EXAMPLE, local_settings
from local.serve.stack import Place, Stack, app_running
from local.timeline.samples import Sample, Sampler
from shared.runtime import MEASURE_LAG, compose
from shared.settings import Settings
from shared.subscriptions import CONSUMERS, ORDERS

READER: Final = "project_customer_orders"
# A host that comes back looks for its leases soon; all else is as in production.
LEASES: Final = {"LEASE_ACQUIRE_MS": "2000"}
CATCH_UP: Final = 120.0
_CUSTOMERS: Final = 7


@dataclass(frozen=True, slots=True)
class Plan:
    """How many seconds of load, at how many orders a second; when the reader stops, and for how long."""

    seconds: float
    rate: float
    stops_at: float
    stops_for: float


@dataclass(frozen=True, slots=True)
class Run:
    """`began` is in seconds since 1970, as events tell their time; all other times are seconds since then."""

    plan: Plan
    began: float
    stopped: float
    again: float
    samples: Sequence[Sample]
    events: Sequence[Mapping[str, Any]]


async def recorded(plan: Plan) -> Run:
    """Raises ProgramFailed when a program does not start or ends, TimeoutError when the feeds never settle."""
    with TemporaryDirectory(prefix="orderflow-timeline-") as folder:
        place = Place(cosmos_port=0, api_port=0, file=Path(folder) / "cosmos.sqlite")
        settings = local_settings(LEASES | os.environ, EXAMPLE)
        async with app_running(place, settings | _off(READER), lambda *_: None) as stack:
            return await stack.while_both_run(_run(stack, plan))


async def _run(stack: Stack, plan: Plan) -> Run:
    on = {name: value for name, value in stack.settings.items() if not name.endswith("_Disabled")}
    app = compose(Settings.read(on))
    async with (
        app.account,
        aiohttp.ClientSession() as session,
        opened(stack.settings) as stored,
        AsyncExitStack() as up,
    ):
        first = await up.enter_async_context(AsyncExitStack())
        await first.enter_async_context(_reader(on))
        began, sampler = time(), Sampler(app.watch, session, stack.cosmos_url, monotonic())
        sampling = asyncio.create_task(sampler.forever())
        up.callback(sampling.cancel)
        loading = asyncio.create_task(_load(session, stack.api_url, plan))
        up.callback(loading.cancel)
        await asyncio.sleep(plan.stops_at)
        await first.aclose()
        stopped = monotonic() - sampler.began
        await asyncio.sleep(plan.stops_for)
        await up.enter_async_context(_reader(on))
        again = monotonic() - sampler.began
        await loading
        if not sampling.cancel():
            # It only ends by itself when it has failed.
            sampling.result()
        await sampler.settled(within=CATCH_UP)
        return Run(plan, began, stopped, again, tuple(sampler.samples), await stored.everything(ORDERS))


def _reader(on: Mapping[str, str]) -> AbstractAsyncContextManager[tuple[Program, str]]:
    """A host in which nothing but the reader is switched on."""
    others = [consumer.name for consumer in CONSUMERS if consumer.name != READER]
    settings = {**on, **_off(*others, "ring_timers", MEASURE_LAG)}
    command = module("local.host", "--app", ".", "--port", "0")
    return running("reader", command, ready="host: running on ", settings=settings, hear=lambda *_: None)


def _off(*functions: str) -> dict[str, str]:
    return {f"AzureWebJobs_{name}_Disabled": "true" for name in functions}


async def _load(session: aiohttp.ClientSession, url: str, plan: Plan) -> None:
    """Orders at a steady pace, each on its own: a slow answer keeps no other order back."""
    began = monotonic()
    async with asyncio.TaskGroup() as orders:
        for number in range(round(plan.seconds * plan.rate)):
            await asyncio.sleep(max(0.0, began + number / plan.rate - monotonic()))
            orders.create_task(_place(session, url, number))


async def _place(session: aiohttp.ClientSession, url: str, number: int) -> None:
    line = {"productId": f"p{number % _CUSTOMERS}", "productName": "Tea", "quantity": 1, "unitPrice": 3.5}
    body = {"customerId": f"c{number % _CUSTOMERS}", "items": [line]}
    async with session.post(f"{url}/api/orders", json=body) as answer:
        answer.raise_for_status()
