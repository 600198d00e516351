"""Views: whether their totals are right."""

import argparse

from ops.command import Rows
from projections import TALLIES
from shared.runtime import App


async def audit(app: App, _: argparse.Namespace) -> Rows:
    return [difference.as_row() for tally in TALLIES for difference in await app.audit.of(tally)]


def code(differences: Rows) -> int:
    return int(bool(differences))
