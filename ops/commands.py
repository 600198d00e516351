"""The commands, one entry each."""

import argparse
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from projections import TALLIES
from shared.kernel import Failure, Misconfigured
from shared.runtime import App

type Rows = Sequence[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Command:
    summary: str
    run: Callable[[App, argparse.Namespace], Awaitable[Rows]]
    add_arguments: Callable[[argparse.ArgumentParser], object] = lambda _: None


def _a_lane(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lane", help="as `parked` names it")


def _lanes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lane", nargs="*", help="as `parked` names it")
    parser.add_argument("--all", action="store_true", help="every lane there is")


async def _parked(app: App, _: argparse.Namespace) -> Rows:
    return await app.parked.all()


async def _show(app: App, options: argparse.Namespace) -> Rows:
    return [await app.parked.show(options.lane)]


async def _release(app: App, options: argparse.Namespace) -> Rows:
    lanes = [str(row["lane"]) for row in await app.parked.all()] if options.all else options.lane
    if not lanes and not options.all:
        raise Misconfigured("say which lanes to release, or --all")
    return [await _released(app, lane) for lane in lanes]


async def _released(app: App, lane: str) -> dict[str, object]:
    """One lane's trouble is its own: the others are released all the same."""
    try:
        return await app.parked.release(lane)
    except Failure as failure:
        return {"lane": lane, "outcome": "failed", "detail": str(failure)}


async def _audit(app: App, _: argparse.Namespace) -> Rows:
    return [difference.as_row() for tally in TALLIES for difference in await app.audit.of(tally)]


async def _lag(app: App, _: argparse.Namespace) -> Rows:
    return [lag.as_row() for lag in await app.all_lags()]


COMMANDS: Final = {
    "parked": Command("List parked keys, oldest first.", _parked),
    "show": Command("Show one parked key and what waits behind it.", _show, _a_lane),
    "release": Command("Put what waits behind parked keys in, if it passes by now.", _release, _lanes),
    "audit": Command("Recompute every total from its ledger and from the orders; print the differences.", _audit),
    "lag": Command("Say how far each consumer is behind.", _lag),
}
