"""Handing something to a function until it succeeds or its retry policy is spent."""

import asyncio
import logging
import random
from datetime import timedelta
from enum import Enum

from local.host.bindings import Function
from local.host.invocation import Invoker
from local.host.payload import Payload
from local.host.retry import Retry, delays
from local.host.worker import Succeeded

_log = logging.getLogger("host")


class Delivered(Enum):
    """How a delivery ended; LOST means that no attempt will follow, STOPPED that the host ends before the next one."""

    SUCCEEDED = "succeeded"
    LOST = "lost"
    STOPPED = "stopped"


async def deliver(function: Function, payload: Payload, *, invoker: Invoker, stopping: asyncio.Event) -> Delivered:
    """Attempt after attempt, as the function's retry policy says; without one there is a single attempt.

    Source: webjobs-sdk, FunctionExecutorExtensions.TryExecuteAsync.
    """
    policy = function.retry
    waits = delays(policy, random.uniform) if policy else iter(())
    retry = Retry(max_count=policy.max_retries) if policy else Retry()
    while True:
        reply = await invoker.run(function, payload, retry=retry)
        if isinstance(reply, Succeeded):
            return Delivered.SUCCEEDED
        wait = next(waits, None)
        if wait is None:
            return Delivered.LOST
        retry = Retry(retry.count + 1, retry.max_count, reply.message, reply.trace)
        _log.info("%s is tried again in %s (retry %d of %d)", function.name, wait, retry.count, retry.max_count)
        if await passed(stopping, within=wait):
            return Delivered.STOPPED


async def passed(event: asyncio.Event, *, within: timedelta) -> bool:
    """Whether `event` was set `within` that time; returns as soon as it is."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            await event.wait()
    except TimeoutError:
        return event.is_set()
    return True
