"""Publish once more what was published: for a reader that has lost what it kept, or a new one."""

import argparse
from datetime import UTC, datetime

from ops.command import Rows
from orders.events import ORDER_EVENTS
from shared.kernel import Misconfigured
from shared.pipeline.republish import Wanted
from shared.runtime import App
from shared.subscriptions import ORDERS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=_moment, required=True, help="a day or a time, UTC; included")
    parser.add_argument("--to", dest="end", type=_moment, help="a day or a time, UTC; left out (default: now)")
    parser.add_argument(
        "--type",
        dest="types",
        action="append",
        choices=[kind.__name__ for kind in ORDER_EVENTS],
        help="may be repeated",
    )


async def republish(app: App, options: argparse.Namespace) -> Rows:
    if app.republish is None:
        raise Misconfigured("EVENTHUBS is not set, so there is nowhere to publish to")
    wanted = Wanted(options.start, options.end or datetime.now(UTC), frozenset(options.types or ()))
    sent = await app.republish.send(ORDERS, wanted)
    stuck: list[dict[str, object]] = [
        {"order": order, "outcome": "failed", "detail": detail} for order, detail in sorted(sent.stuck.items())
    ]
    return [{"outcome": "sent", "events": sent.events, "orders": len(sent.streams)}, *stuck]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
