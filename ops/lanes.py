"""Parked keys: list, show, release."""

import argparse

from ops.command import Rows
from shared.kernel import Failure, Misconfigured
from shared.runtime import App


def a_lane(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lane", help="as `parked` names it")


def some_lanes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lane", nargs="*", help="as `parked` names it")
    parser.add_argument("--all", action="store_true", help="every lane there is")


async def parked(app: App, _: argparse.Namespace) -> Rows:
    return await app.parked.all()


async def show(app: App, options: argparse.Namespace) -> Rows:
    return [await app.parked.show(options.lane)]


async def release(app: App, options: argparse.Namespace) -> Rows:
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
