"""Says over the hub what a carrier would say: for trying out, and to repeat a scan that never came."""

import argparse
import json
from datetime import UTC, datetime
from uuid import uuid4

from gateways import scans
from gateways.shipping import tracking_id
from ops.command import Environ, Rows
from shared.eventhubs import Client, Sender
from shared.kernel import Misconfigured
from shared.kernel.values import to_text
from shared.settings import eventhubs


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("order", help="whose parcel it is")
    parser.add_argument("kind", choices=("delivered", "lost", "returned"))
    parser.add_argument("--event", help="the carrier's name for the scan; a new one unless given")


async def scan(environ: Environ, options: argparse.Namespace) -> Rows:
    connection = eventhubs(environ)
    if connection is None:
        raise Misconfigured("set EVENTHUBS to a connection string, or EVENTHUBS__fullyQualifiedNamespace")
    said = {
        "orderId": options.order,
        "trackingId": tracking_id(options.order),
        "kind": options.kind,
        "at": to_text(datetime.now(UTC)),
        "eventId": options.event or f"ops-{uuid4().hex}",
    }
    client = Client(connection, scans.HUB, content_type="application/json")
    try:
        # With the order for a key, so that what is said of one order stays in order.
        taken = await Sender(client).send(options.order, [json.dumps(said).encode()])
    finally:
        await client.close()
    if taken.poison:
        raise taken.poison
    return [{"hub": scans.HUB} | said]
