"""`python -m local eventhubs`: starts the endpoint and says where it listens."""

import argparse
import asyncio
import gc
import signal
import sys
from pathlib import Path
from typing import Final

import uvloop

import local.eventhubs
from local.cosmos.http import serve
from local.eventhubs.control import Control
from local.eventhubs.endpoint import Endpoint
from local.eventhubs.hub_shape import hub_shapes

_PORT: Final = 5672
_HUBS: Final = Path(__file__).parents[2] / "infra" / "eventhubs.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (local.eventhubs.__doc__ or "").partition("\n\n")[2]
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=_PORT, help=f"0 takes a free port (default {_PORT})")
    parser.add_argument("--control-port", type=int, default=0, help="of /_local, over HTTP (default 0: a free one)")
    parser.add_argument("--data", type=Path, help="file that keeps every event; without it, memory only")
    parser.add_argument("--hubs", type=Path, default=_HUBS, help="which hubs there are (default infra/eventhubs.json)")


def run(options: argparse.Namespace) -> int:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(options))
    except (OSError, ValueError) as problem:
        print(f"eventhubs: cannot start: {problem}", file=sys.stderr)
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    endpoint = Endpoint(hub_shapes(options.hubs), file=options.data)
    # What was imported lives as long as the process.
    gc.freeze()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    control, askers = await serve(Control(endpoint), options.host, options.control_port)
    server = await endpoint.listen(options.host, options.port)
    print(f"eventhubs: listening on sb://{_place(server)} with control at http://{_place(control)}", flush=True)
    await stop.wait()
    for listening in (server, control):
        listening.close()
    for asker in tuple(askers):
        asker.close()
    endpoint.close()
    # The last words leave before the loop ends.
    await asyncio.sleep(0)


def _place(server: asyncio.Server) -> str:
    host, port = server.sockets[0].getsockname()[:2]
    return f"{host}:{port}"
