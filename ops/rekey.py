"""Copies a container into one with another partition key: a drill, and the way to it (docs/change.md)."""

import argparse
import sys

from ops.command import Rows
from shared.cosmos import CosmosFeedPages, CosmosKept, CosmosRows
from shared.kernel import Misconfigured
from shared.pipeline.rekey import Rekey, Way
from shared.runtime import App
from shared.storage import LEASES


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="the container that is copied")
    parser.add_argument("target", help="the container that it is copied into; `provision` makes it")
    parser.add_argument("--page", type=int, default=500, metavar="N", help="changes at a time (default %(default)s)")
    parser.add_argument("--compare", action="store_true", help="read both to their ends, and mend what differs")


async def rekey(app: App, options: argparse.Namespace) -> Rows:
    rows = CosmosRows(app.account, app.settings.database)
    way = Way(
        options.source, options.target, old=await _key(rows, options.source), new=await _key(rows, options.target)
    )
    kept = CosmosKept(
        app.account.container(app.settings.lease_database, LEASES), f"rekey-{options.source}-{options.target}"
    )
    copying = Rekey(
        way, CosmosFeedPages(rows), app.audit.sweep, app.pipeline.engine.rows, kept, options.page, tell=_told
    )
    copied = await copying.copy()
    row: dict[str, object] = {"source": way.source, "target": way.target, "key": f"/{way.new}", "changes": copied}
    if not options.compare:
        return [row | {"outcome": "copied"}]
    found = await copying.compare()
    outcome = "same" if found.is_same else "differs"
    return [row | {"outcome": outcome, "items": found.items, "mended": found.mended, "extra": found.extra}]


async def _key(rows: CosmosRows, name: str) -> str:
    """The property that is the container's key. Raises Misconfigured when it is a path of several, or in depth."""
    found = await (await rows.container(name)).read()
    match found["partitionKey"]["paths"]:
        case [str(path)] if path.count("/") == 1:
            return path.removeprefix("/")
        case paths:
            raise Misconfigured(f"{name} has the key {paths}; only a single property at the top can be copied")


def _told(changes: int) -> None:
    print(f"rekey: {changes} changes", file=sys.stderr, flush=True)
