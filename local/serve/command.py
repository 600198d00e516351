"""`python -m local serve`: all programs on their usual ports until Ctrl-C, with something to try at once."""

import argparse
import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Final

from local.serve.program import ProgramFailed
from local.serve.settings import EXAMPLE, OWN, local_settings
from local.serve.stack import Place, Stack, app_running
from local.serve.until_stopped import until_stopped

HUBS_PORT: Final = 5672
TRY_IT: Final = """
All run until Ctrl-C. Place an order, then see it in its customer's view:

  curl -s {api}/api/orders -H 'content-type: application/json' -d '{{"customerId": "ada", \
"items": [{{"productId": "tea", "productName": "Green tea", "quantity": 2, "unitPrice": 3.50}}]}}'
  curl -s {api}/api/customers/ada/orders
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=7071, help="of the API (default 7071; 0 lets the system choose)")
    parser.add_argument("--cosmos-port", type=int, default=8081, help="of the Cosmos DB-compatible server")
    parser.add_argument("--eventhubs-port", type=int, help=f"default {HUBS_PORT}, or a free one where that is taken")
    parser.add_argument("--data", type=Path, default=Path(".data/cosmos.sqlite"), help="where the server keeps items")


def run(options: argparse.Namespace) -> int:
    hubs_port: int | None = options.eventhubs_port
    if hubs_port is None:
        hubs_port = HUBS_PORT if is_free(HUBS_PORT) else 0
    place = Place(options.cosmos_port, options.port, options.data.absolute(), hubs_port)
    for port in (place.cosmos_port, place.api_port, place.hubs_port):
        if not is_free(port):
            print(f"serve: port {port} is taken; stop what listens there or choose another", file=sys.stderr)
            return 1
    place.file.parent.mkdir(parents=True, exist_ok=True)
    return until_stopped(serve(place))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


async def serve(place: Place) -> int:
    """Runs until it is stopped; 1 when one of the programs ends by itself."""
    try:
        async with app_running(place, local_settings(os.environ, EXAMPLE, OWN), hear) as stack:
            introduce(place, stack)
            await stack.while_both_run(asyncio.Event().wait())
    except ProgramFailed as failed:
        # Its last lines are on the screen already.
        print(f"serve: {str(failed).partition(';')[0]}", file=sys.stderr)
        return 1
    return 0


def introduce(place: Place, stack: Stack) -> None:
    print(f"\ncosmos  {stack.cosmos_url}  stands in for Azure Cosmos DB; keeps its items in {place.file}")
    print(f"hubs    sb://{stack.hubs_place}  stands in for Azure Event Hubs; keeps its events in {place.events_file}")
    print(f"host    {stack.api_url}  stands in for Azure Functions; runs function_app.py: the API and its triggers")
    print(TRY_IT.format(api=stack.api_url), flush=True)


def hear(name: str, line: str) -> None:
    print(f"{name:<9} | {line}", flush=True)
