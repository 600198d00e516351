"""All triggers of an app that start by themselves: run together, stopped together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp

from local.host import timer_trigger
from local.host.cosmos_trigger import trigger as cosmos_trigger
from local.host.cosmos_trigger.clients import Clients
from local.host.cosmos_trigger.trigger import Surroundings
from local.host.invocation import Invoker
from local.host.plan import Plan
from local.host.push import Push

_log = logging.getLogger("host")


async def run(
    agreed: Plan,
    *,
    invoker: Invoker,
    stopping: asyncio.Event,
    rewrites_dates: bool,
    grace: timedelta,
    on_ready: Callable[[], None],
    on_stop: Callable[[], Awaitable[None]],
) -> None:
    """Run until `stopping` is set and what is in delivery has ended, at most `grace` later; leases are given back.

    `on_ready` is called once everything runs, `on_stop` as soon as the stop begins.
    """
    async with aiohttp.ClientSession(trust_env=False) as session, Clients() as clients, Push(session) as push:
        around = Surroundings(clients, push, invoker, stopping, rewrites_dates=rewrites_dates)
        try:
            async with asyncio.timeout(None) as bound, asyncio.TaskGroup() as running:
                waiting = running.create_task(_wait_for_all(_start(agreed, around, running), on_ready))
                await stopping.wait()
                bound.reschedule(asyncio.get_running_loop().time() + grace.total_seconds())
                waiting.cancel()
                push.wake_all()
                await on_stop()
        except TimeoutError:
            _log.warning("stopped after %s although a function still runs; its batch will be delivered again", grace)


def _start(agreed: Plan, around: Surroundings, running: asyncio.TaskGroup) -> list[asyncio.Event]:
    for function, trigger, schedule in agreed.timers:
        running.create_task(
            timer_trigger.run(function, trigger, schedule, invoker=around.invoker, stopping=around.stopping)
        )
    first_rounds = []
    for function, source in agreed.cosmos:
        first_rounds.append(asyncio.Event())
        running.create_task(cosmos_trigger.run(function, source, around=around, first_round=first_rounds[-1]))
    return first_rounds


async def _wait_for_all(events: list[asyncio.Event], then: Callable[[], None]) -> None:
    for event in events:
        await event.wait()
    then()
