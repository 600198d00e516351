"""Rebuild a view: grow it anew beside the live one, compare, promote; go back, or clear away. docs/rebuild.md."""

import argparse
from collections.abc import Sequence
from itertools import islice
from typing import Final

from ops.bar import Bar
from ops.command import Environ, Rows
from shared.observer import SILENT, Counting
from shared.pipeline.rebuild.comparison import Compared
from shared.pipeline.rebuild.one_key import refold
from shared.pipeline.rebuild.rebuild import Rebuild
from shared.pipeline.rebuild.verdict import PARTS, Difference
from shared.rebuilding import rebuild as rebuild_of
from shared.runtime import compose
from shared.settings import Settings

# Of more, the first ones tell what is wrong.
SHOWN: Final = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("view", help="for example order_board")
    parser.add_argument("--version", type=int, help="of the view's code (default: the newest there is)")
    parser.add_argument("--ru", type=float, help="request units a second that it may spend (default: no limit)")
    parser.add_argument("--expect-diff", default="", metavar="FIELD,…", help="fields that may differ")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--hold", action="store_true", help="grow and compare, but do not promote")
    ways.add_argument("--show", action="store_true", help="only say where the view stands")
    ways.add_argument("--roll-back", action="store_true", help="read the previous generation again")
    ways.add_argument("--retire", action="store_true", help="clear the previous generation away")
    ways.add_argument("--give-up", action="store_true", help="clear the growing generation away")
    ways.add_argument("--key", metavar="ORDER", help="show what a fold of this order alone would change")
    parser.add_argument("--apply", action="store_true", help="with --key: write it")


async def rebuild(environ: Environ, options: argparse.Namespace) -> Rows:
    app = compose(Settings.read(environ), Counting() if options.ru else SILENT)
    try:
        with Bar() as bar:
            return await _done(rebuild_of(app, options.view, units=options.ru, tell=bar.show), options)
    finally:
        await app.close()


async def _done(rebuild: Rebuild, options: argparse.Namespace) -> Rows:
    if options.show:
        return await _standing(rebuild)
    if options.key:
        return await _one_key(rebuild, options.key, apply=options.apply)
    if options.roll_back:
        await rebuild.roll_back()
        return await _standing(rebuild)
    if options.retire:
        return [{"outcome": "retired", "rows": await rebuild.retire()}]
    if options.give_up:
        return [{"outcome": "given up", "rows": await rebuild.give_up()}]
    return await _grown(rebuild, options)


async def _grown(rebuild: Rebuild, options: argparse.Namespace) -> Rows:
    leaving_out = frozenset(filter(None, options.expect_diff.split(",")))
    progress = await rebuild.grow(options.version or rebuild.newest_version)
    compared = await (rebuild.compare if options.hold else rebuild.promote)(leaving_out)
    outcome = "refused" if compared.unexplained else "same" if options.hold else "promoted"
    return [{"outcome": outcome, "events": progress.events, **_counts(compared)}, *_shown(compared.differences)]


def _counts(compared: Compared) -> dict[str, object]:
    unexplained = len(compared.unexplained)
    explained = len(compared.differences) - unexplained
    return {
        "rows": compared.rows,
        "equal_digests": f"{compared.equal} of {PARTS}",
        "differ": unexplained,
        "explained": explained,
    }


def _shown(differences: Sequence[Difference]) -> Rows:
    return [each.as_row() for each in islice(differences, SHOWN)]


async def _standing(rebuild: Rebuild) -> Rows:
    now = await rebuild.stands()
    named = {"live": now.live, "growing": now.growing, "previous": now.previous}
    return [{"is": name, "generation": each.number, "version": each.version} for name, each in named.items() if each]


async def _one_key(rebuild: Rebuild, order: str, *, apply: bool) -> Rows:
    found = await refold(rebuild.project, order, rebuild.engine)
    outcome = "same" if not found.changes else "written" if apply else "differs"
    if apply and found.changes:
        await found.write(rebuild.engine)
    marks: dict[str, object] = {
        "order": order,
        "outcome": outcome,
        "mark": found.found.mark,
        "sequence": found.folded.mark,
    }
    return [marks, *({"field": name, "has": has, "folds": folds} for name, (has, folds) in found.changes.items())]
