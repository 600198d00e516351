"""The host put together: an app is loaded, its triggers run, and everything is given back at the end."""

import asyncio
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local.host import triggers
from local.host.admin import Admin
from local.host.app_loop import AppLoop
from local.host.host_json import HostJson
from local.host.http_server import Functions, application, listening
from local.host.invocation import Invoker
from local.host.payload import Text
from local.host.plan import Plan, plan
from local.host.settings import Settings
from local.host.worker import Worker

_log = logging.getLogger("host")
# How long a stop waits for handlers that are running; then their batches are left to be delivered again.
GRACE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line decides; port 0 takes a free one."""

    app: Path
    address: str
    port: int
    rewrites_dates: bool
    checkpoints: Path | None = None


async def run(options: Options, *, settings: Settings, host: HostJson, say: Callable[[str], None]) -> bool:
    """Run until SIGTERM or SIGINT; False when a handler may still be running.

    `say` is told the one line that means ready. Raises HostError when the app or its settings are not in order.
    """
    loop = AppLoop()
    loop.start()
    worker = await asyncio.wrap_future(loop.submit(Worker.load(options.app)))
    agreed = plan(worker.functions, settings=settings, host=host)
    for function, kind in agreed.not_run:
        _log.warning("%s is listed but not run here yet: this host has no %s", function.name, kind)
    invoker = Invoker(worker, loop, host.timeout)
    await _serve(options, agreed, invoker=invoker, prefix=host.route_prefix, say=say)
    return loop.stop(within=1) and invoker.is_settled


async def _serve(options: Options, agreed: Plan, *, invoker: Invoker, prefix: str, say: Callable[[str], None]) -> None:
    stopping = _stop_signal()
    for function in agreed.warmups:
        await invoker.run(function, Text(""))
    admin = Admin(agreed.all, agreed.disabled, invoker, prefix=prefix, rewrites_dates=options.rewrites_dates)
    app = application(Functions({one.name: one for one in agreed.http}, agreed.routes, invoker), admin)
    async with listening(app, address=options.address, port=options.port, grace=GRACE) as server:

        def announce() -> None:
            admin.state = "Running"
            say(f"host: running on {server.url} ({agreed.running} functions)")

        await triggers.run(
            agreed,
            invoker=invoker,
            stopping=stopping,
            rewrites_dates=options.rewrites_dates,
            grace=GRACE,
            checkpoints=options.checkpoints,
            on_ready=announce,
            on_stop=server.close,
        )


def _stop_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping
