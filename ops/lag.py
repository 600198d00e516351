"""How far behind each consumer is: once as rows, or again and again on the screen."""

import argparse
import asyncio
import sys
from collections.abc import Iterator

from ops.command import Rows
from shared.lag import Estimate
from shared.pipeline.lag_watch import COUNTED_AT_MOST
from shared.runtime import App


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--leases", action="store_true", help="one row per lease instead of one per consumer")
    parser.add_argument(
        "--count",
        type=int,
        default=COUNTED_AT_MOST,
        metavar="N",
        help=f"read on to count at most N changes of each lease (default {COUNTED_AT_MOST}; 0 only reckons)",
    )
    parser.add_argument("--watch", action="store_true", help="measure again and again until Ctrl-C")
    parser.add_argument("--every", type=float, default=2.0, metavar="SECONDS", help="with --watch (default 2)")
    parser.add_argument("--rounds", type=int, metavar="N", help="with --watch: end after so many rounds")


async def lag(app: App, options: argparse.Namespace) -> Rows | None:
    if options.watch:
        await _watch(app, options)
        return None
    estimate = await app.watch.look(count_at_most=options.count)
    print(cost(estimate), file=sys.stderr)
    return rows(estimate, leases=options.leases)


async def _watch(app: App, options: argparse.Namespace) -> None:
    from ops.screen import Screen  # noqa: PLC0415 - what it draws with is not there where only `ops` is installed

    with Screen() as screen:
        left = options.rounds
        while left is None or left > 0:
            estimate = await app.watch.look(count_at_most=options.count)
            screen.show(rows(estimate, leases=options.leases), below=f"{estimate.at:%H:%M:%S} UTC · {cost(estimate)}")
            left = None if left is None else left - 1
            if left != 0:
                await asyncio.sleep(options.every)


def rows(estimate: Estimate, *, leases: bool) -> Rows:
    return list(_leases(estimate)) if leases else [feed.as_row() for feed in estimate.feeds]


def _leases(estimate: Estimate) -> Iterator[dict[str, object]]:
    for feed in estimate.feeds:
        for lease in estimate.leases.get(feed.consumer, ()):
            yield {"consumer": feed.consumer} | lease.as_row()


def cost(estimate: Estimate) -> str:
    spent = estimate.cost
    return f"lag: {spent.requests} requests, {spent.charge:.1f} RU, {spent.seconds * 1000:.0f} ms"
