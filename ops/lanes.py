"""Parked keys: list, show, release."""

import argparse

from ops import author
from ops.command import Rows
from shared.kernel import Misconfigured
from shared.operating import desk_of
from shared.runtime import App


def a_lane(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lane", help="as `parked` names it")


def some_lanes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lane", nargs="*", help="as `parked` names it")
    parser.add_argument("--all", action="store_true", help="every lane there is")
    author.arguments(parser, why="released by hand")


async def parked(app: App, _: argparse.Namespace) -> Rows:
    return await app.parked.all()


async def show(app: App, options: argparse.Namespace) -> Rows:
    return [await app.parked.show(options.lane)]


async def release(app: App, options: argparse.Namespace) -> Rows:
    lanes = [str(row["lane"]) for row in await app.parked.all()] if options.all else options.lane
    if not lanes and not options.all:
        raise Misconfigured("say which lanes to release, or --all")
    by, desk = author.author(options), desk_of(app)
    # One lane's trouble is its own: the others are released all the same.
    return [await desk.replay.one(lane, by) for lane in lanes]
