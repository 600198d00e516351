"""Replay: what is parked goes in again, in order and at a pace; or it is only said what that would change."""

import argparse
from collections.abc import Sequence
from datetime import timedelta

from ops import author
from ops.command import Rows
from shared.operating import desk_of
from shared.pipeline.replay.plan import Wanted
from shared.pipeline.replay.rehearsal import Rehearsal
from shared.pipeline.replay.shell import Pace
from shared.runtime import App

type Row = dict[str, object]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lane", nargs="*", help="as `parked` names it; all that the filter lets through unless given")
    parser.add_argument("--consumer", default="", help="only what this consumer has parked")
    parser.add_argument("--reason", default="", help="only what was parked for this reason")
    parser.add_argument("--key", default="", help="only of this order")
    parser.add_argument("--older-than", type=float, default=0.0, metavar="SECONDS", help="only what is parked so long")
    parser.add_argument("--ru", type=float, metavar="N", help="at most N request units in a second")
    dry_run(parser)
    author.arguments(parser)


def dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="change nothing; say what would change and be sent")


async def replay(app: App, options: argparse.Namespace) -> Rows:
    by, desk = author.author(options), desk_of(app)
    wanted = Wanted(
        consumer=options.consumer,
        reason=options.reason,
        key=options.key,
        older_than=timedelta(seconds=options.older_than),
        lanes=frozenset(options.lane),
    )
    lanes, pace = await desk.replay.meant(wanted), Pace(options.ru)
    if options.dry_run:
        return foreseen(await desk.replay.rehearse(lanes, pace=pace))
    rows: list[Row] = []
    from ops.progress import progress  # noqa: PLC0415 - what it draws with is not there where only `ops` is installed

    with progress("replay", of=len(lanes)) as step:
        async for row in desk.replay.run(lanes, by, pace=pace):
            rows.append(row)
            step(str(row["outcome"]))
    return rows


def foreseen(rehearsal: Rehearsal[Sequence[Row]]) -> Rows:
    """What would come of it, lane by lane, then the documents, what would be sent, and the cost."""
    rows: list[Row] = [{"what": "outcome", "would": row["outcome"]} | _rest(row) for row in rehearsal.came_of_it]
    rows += [{"what": "document"} | each.as_row() for each in rehearsal.changes]
    rows += [{"what": "effect", "to": each.to, "key": each.key, "sends": each.what} for each in rehearsal.effects]
    return [*rows, {"what": "cost", "ru": round(rehearsal.charge, 1)}]


def _rest(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "outcome"}
