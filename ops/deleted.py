"""Deleted orders: their events go for good once nobody needs them."""

import argparse
from typing import Final

from ops.command import Rows
from orders.events import OrderDeleted
from shared.cosmos.event_purge import CosmosPurge
from shared.pipeline import Purge
from shared.runtime import App
from shared.subscriptions import ORDERS, feeds_of

# In seconds, for each consumer: whoever asks for this is in no hurry, and orders come in meanwhile.
WAIT_AT_MOST: Final = 30.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say which orders would go, and why others stay")


async def purge(app: App, options: argparse.Namespace) -> Rows:
    async def behind() -> list[str]:
        names = [reader.name for reader in feeds_of(app.settings)[ORDERS]]
        seen = [await app.freshness.wait(name, ORDERS, at_most=WAIT_AT_MOST) for name in names]
        return [name for name, found in zip(names, seen, strict=True) if not found.is_fresh]

    purging = Purge(
        app.audit.sweep,
        app.books.partitions,
        app.orders,
        app.sagas,
        app.parked.catalogue,
        CosmosPurge(app.account.container(app.settings.database, ORDERS)),
        tombstone=OrderDeleted,
        behind=behind,
    )
    return [each.as_row() for each in await purging.run(only_look=options.dry_run)]
