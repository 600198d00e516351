"""How the whole app is on one screen: consumers, lanes, sagas, outbox, hub, last errors. Once, or again and again."""

import argparse
import asyncio
from functools import partial

from ops.command import Rows
from orders.publication import ORDER_PUBLICATION
from shared.eventhubs import Client
from shared.pipeline import Status
from shared.pipeline.status import exit_code
from shared.runtime import App
from shared.settings import EventHubsConnection


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help="look again and again until Ctrl-C")
    parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="with --watch (default 5)")
    parser.add_argument("--rounds", type=int, metavar="N", help="with --watch: end after so many rounds")


async def status(app: App, options: argparse.Namespace) -> Rows | None:
    if options.watch:
        await _watch(app, options)
        return None
    return await _rows(app)


def code(rows: Rows) -> int:
    return exit_code(row["outcome"] for row in rows)


async def _watch(app: App, options: argparse.Namespace) -> None:
    from ops.screen import Screen  # noqa: PLC0415 - what it draws with is not there where only `ops` is installed

    with Screen() as screen:
        left = options.rounds
        while left is None or left > 0:
            screen.show(await _rows(app), below=f"{app.watch.now():%H:%M:%S} UTC")
            left = None if left is None else left - 1
            if left != 0:
                await asyncio.sleep(options.every)


async def _rows(app: App) -> Rows:
    connection = app.settings.eventhubs
    hub = partial(_partitions, connection) if connection else None
    look = Status(app.watch, app.standing, app.parked.all, hub, app.watch.now).look
    return [fact.as_row() for fact in await look()]


async def _partitions(connection: EventHubsConnection) -> int:
    """Asked anew: a client that was opened before has its answer already."""
    client = Client(connection, ORDER_PUBLICATION.hub)
    try:
        return await client.partitions()
    finally:
        await client.close()
