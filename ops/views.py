"""Views: how far behind they are, and whether their totals are right."""

import argparse

from ops.command import Rows
from projections import TALLIES
from shared.runtime import App


async def audit(app: App, _: argparse.Namespace) -> Rows:
    return [difference.as_row() for tally in TALLIES for difference in await app.audit.of(tally)]


async def lag(app: App, _: argparse.Namespace) -> Rows:
    return [lag.as_row() for lag in (await app.watch.look()).feeds]
