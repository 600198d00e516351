"""Databases and containers: made as the file declares them, or only compared with it."""

import argparse
from pathlib import Path

from ops.command import Environ, Rows
from shared.cosmos.provision import MODEL, compare, provision
from shared.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", "--diff", action="store_true", help="only say what differs; exit code 1 if it does"
    )
    parser.add_argument("--model", type=Path, default=MODEL, help="the file that declares them (default: %(default)s)")


async def provisioned(environ: Environ, options: argparse.Namespace) -> Rows:
    settings = Settings.read(environ)
    if options.dry_run:
        return [each.as_row() for each in await compare(settings, options.model)]
    return [each.as_row(applied=True) for each in await provision(settings, options.model)]
