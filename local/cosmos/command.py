"""`python -m local cosmos`: starts the server and says where it listens."""

import argparse
import asyncio
import gc
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Final

import uvloop

from local.cosmos.account import CONSISTENCY_LEVELS, EMULATOR_KEY
from local.cosmos.http import serve
from local.cosmos.server import CosmosServer

_PORT: Final = 8081
_PURGE_SECONDS: Final = 1.0
_ALLOCATED_BETWEEN_COLLECTIONS: Final = 50_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=_PORT, help=f"0 takes a free port (default {_PORT})")
    parser.add_argument("--data", type=Path, help="file that keeps everything; without it, memory only")
    parser.add_argument("--key", default=EMULATOR_KEY, help="account key (default: the emulator's well-known one)")
    parser.add_argument("--ranges", type=int, default=4, help="physical ranges of a new container (default 4)")
    parser.add_argument(
        "--consistency", choices=CONSISTENCY_LEVELS, default="BoundedStaleness", help="the account's default level"
    )


def run(options: argparse.Namespace) -> int:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(options))
    except (OSError, ValueError, sqlite3.OperationalError) as problem:
        print(f"cosmos: cannot start: {problem}", file=sys.stderr)
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    application = CosmosServer(
        key=options.key, consistency=options.consistency, ranges=options.ranges, path=options.data
    )
    # What was imported lives as long as the process, and requests leave no cycles: the collector need not look often.
    gc.freeze()
    gc.set_threshold(_ALLOCATED_BETWEEN_COLLECTIONS)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server, connections = await serve(application, options.host, options.port)
    host, port = server.sockets[0].getsockname()[:2]
    print(f"cosmos: listening on http://{host}:{port}", flush=True)
    purging = asyncio.create_task(_purge(application))
    await stop.wait()
    purging.cancel()
    server.close()
    for connection in tuple(connections):
        connection.close()
    # The last answers leave before the store closes.
    await asyncio.sleep(0)
    application.close()


async def _purge(application: CosmosServer) -> None:
    """A little at a time, so that no request waits for it."""
    while True:
        await asyncio.sleep(_PURGE_SECONDS)
        application.purge()
        application.commit()
