"""One event or message that waits: mend it, or go on without it; and the deeds of everybody who did such things."""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ops import author
from ops.command import Rows
from ops.replay import dry_run, foreseen
from shared.kernel import Misconfigured
from shared.kernel.values import to_text
from shared.operating import desk_of
from shared.pipeline.deeds import shown
from shared.runtime import App


def edit_arguments(parser: argparse.ArgumentParser) -> None:
    _arguments(parser)
    parser.add_argument(
        "--set", required=True, metavar="FILE", help="a JSON object of the fields to replace; - reads it"
    )


def drop_arguments(parser: argparse.ArgumentParser) -> None:
    _arguments(parser)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lane", help="as `parked` names it")
    parser.add_argument("--at", type=int, metavar="N", help="its number, as `show` has it (default: the first)")
    dry_run(parser)
    author.arguments(parser)


async def edit(app: App, options: argparse.Namespace) -> Rows:
    by, new, mending = author.author(options), _fields(options.set), desk_of(app).mending
    if options.dry_run:
        rehearsed = await mending.rehearse(lambda desk: desk.edit_and_replay(options.lane, new, by, at=options.at))
        return foreseen(rehearsed)
    return await mending.edit_and_replay(options.lane, new, by, at=options.at)


async def drop(app: App, options: argparse.Namespace) -> Rows:
    by, mending = author.author(options), desk_of(app).mending
    if options.dry_run:
        return foreseen(await mending.rehearse(lambda desk: desk.drop_and_replay(options.lane, by, at=options.at)))
    return await mending.drop_and_replay(options.lane, by, at=options.at)


def deeds_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=float, default=30.0, help="how far back (default 30)")
    parser.add_argument("--limit", type=int, default=100, help="at most so many, the newest (default 100)")


async def deeds(app: App, options: argparse.Namespace) -> Rows:
    """Newest first. The originals of what was edited or dropped stay in the store."""
    since = to_text(datetime.now(UTC) - timedelta(days=options.days))
    return [shown(item) for item in await desk_of(app).deeds.since(since, options.limit)]


def _fields(file: str) -> dict[str, object]:
    try:
        found = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text())
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{file} is no JSON that can be read") from error
    if not isinstance(found, dict):
        raise Misconfigured(f'{file} is no JSON object such as {{"data": {{}}}}')
    return found
