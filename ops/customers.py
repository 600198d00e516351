"""Customers: what the app keeps of one is erased, and what is beyond its reach is named."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from gateways import scans
from gateways.post import Folder
from ops.command import Rows
from orders.commands import ForgetCustomer
from projections.customer_orders import customer_orders
from shared.kernel import Key
from shared.pipeline import Cause, Erase, Erased, Parked, Project
from shared.runtime import App
from shared.subscriptions import ORDERS

# Each says how long it stays there, or who is to be asked.
BEYOND: Final = {
    "events": "kept: they hold no personal data; the customer's id in them is opaque",
    "published events": "Event Hubs keeps them for days; their readers hear CustomerForgotten and erase for themselves",
    "backups": "continuous backup keeps what was deleted for 7 or 30 days; after a restore, erase again",
    "logs and traces": "hold ids of orders, never what a customer has said; they expire with their workspace",
    "mails": "those that were sent are with their recipients",
    "payment provider and carrier": "keep books of their own; ask them",
}
WAIT_AT_MOST: Final = 30.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("customer", help="the customer's id")
    parser.add_argument("--ticket", default="", help="who asked for it: kept with each order, so nothing personal")


async def erase(app: App, options: argparse.Namespace) -> Rows:
    cause = Cause(f"ops:{uuid4().hex}", options.ticket or uuid4().hex)
    done = await _erase(app).forget(options.customer, cause=cause)
    rows = [each.as_row() for each in done.orders]
    return [*rows, await _views(app, options.customer, done.orders), *_beyond(done.parked)]


def _erase(app: App) -> Erase:
    engine, place = app.pipeline.engine, app.settings.notices
    return Erase(
        app.audit.sweep,
        app.orders,
        engine.rows,
        Parked(app.audit.sweep, engine.rows, {scans.RECEIVER: scans.bare}),
        command=ForgetCustomer(),
        said=("shippingAddress", "email"),
        notices=Folder(place).forget if isinstance(place, Path) else None,
    )


async def _views(app: App, customer: str, orders: Sequence[Erased]) -> dict[str, object]:
    """Rows end as their feed brings the event; a row that is parked ends when it is released."""
    await app.freshness.wait(Project(customer_orders).name, ORDERS, at_most=WAIT_AT_MOST)
    engine, gone = app.pipeline.engine, [each.order for each in orders if each.outcome == "erased"]
    views = await Project(customer_orders).generations(engine)
    found = [await view.rows(engine).read(Key(customer, order)) for view in views for order in gone]
    left = sum(row.value is not None for row in found)
    return {"what": "rows", "outcome": "behind" if left else "erased", "left": left}


def _beyond(parked: int) -> Iterator[dict[str, object]]:
    yield {"what": "parked records", "outcome": "erased", "erased": parked}
    for name, detail in BEYOND.items():
        yield {"what": name, "outcome": "beyond reach", "detail": detail}
