"""How much of Azure a number of orders needs, before anybody pays for it."""

import argparse
import json
from pathlib import Path

from ops.command import Environ, Rows
from shared.capacity import Sku, Workload, plan
from shared.cosmos.provision import MODEL
from shared.subscriptions import FEEDS, ORDERS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orders-per-second", type=float, required=True, help="in the busiest hour")
    parser.add_argument("--lines-per-order", type=float, default=3)
    parser.add_argument("--events-per-order", type=float, default=7, help="7 when every order is fulfilled")
    parser.add_argument("--requests-per-order", type=float, default=6, help="HTTP requests, placing included")
    parser.add_argument("--consumers", type=int, default=len(FEEDS[ORDERS]), help="readers of the orders' feed")
    parser.add_argument("--poll-ms", type=float, default=250, help="FEED_POLL_DELAY_MS")
    parser.add_argument("--kept-days", type=float, default=365, help="how long orders stay")
    parser.add_argument("--busiest-to-mean", type=float, default=4, help="busiest hour over an average one")
    parser.add_argument("--regions", type=int, default=1, help="that hold the data")
    parser.add_argument("--zones", type=int, default=3, help="instances that always run, one in each zone")
    parser.add_argument("--sku", type=Sku, choices=list(Sku), default=Sku.EP1)
    parser.add_argument("--model", type=Path, default=MODEL, help="the file that declares the containers")


async def planned(_: Environ, options: argparse.Namespace) -> Rows:
    work = Workload(
        options.orders_per_second,
        lines_per_order=options.lines_per_order,
        events_per_order=options.events_per_order,
        requests_per_order=options.requests_per_order,
        consumers=options.consumers,
        kept_days=options.kept_days,
        busiest_to_mean=options.busiest_to_mean,
        poll_seconds=options.poll_ms / 1000,
        regions=options.regions,
        zones=options.zones,
    )
    names = [entry["name"] for entry in json.loads(options.model.read_text())["containers"]]
    return plan(work, names, sku=options.sku).as_rows()
