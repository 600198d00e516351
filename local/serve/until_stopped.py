"""Runs one asynchronous program so that Ctrl-C and SIGTERM end it in order, with an exit code that says so."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, Final

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def until_stopped(program: Coroutine[Any, Any, int]) -> int:
    """The program's exit code, or 128 + the signal that stopped it."""
    return asyncio.run(_run(program))


async def _run(program: Coroutine[Any, Any, int]) -> int:
    task = asyncio.ensure_future(program)
    received: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        # Once: a second Ctrl-C must not interrupt the stopping itself.
        if not received:
            received.append(number)
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        return 128 + received[0]
