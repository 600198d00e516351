"""All triggers of an app that start by themselves: run together, stopped together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

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
    checkpoints: Path | None,
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
                if agreed.event_hubs:
                    running.create_task(_receive(agreed, around, checkpoints))
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


async def _receive(agreed: Plan, around: Surroundings, file: Path | None) -> None:
    # A quarter of a second that an app without such triggers does not need.
    from local.host.event_hub_trigger import trigger  # noqa: PLC0415 - see above
    from local.host.event_hub_trigger.checkpoints import Checkpoints  # noqa: PLC0415 - see above

    if file is None:
        _log.info("checkpoints of Event Hubs are kept in memory: after a restart every event comes again")
    with closing(Checkpoints(file)) as checkpoints:
        async with asyncio.TaskGroup() as running:
            for function, source in agreed.event_hubs:
                running.create_task(
                    trigger.run(
                        function, source, checkpoints=checkpoints, invoker=around.invoker, stopping=around.stopping
                    )
                )


async def _wait_for_all(events: list[asyncio.Event], then: Callable[[], None]) -> None:
    for event in events:
        await event.wait()
    then()
