"""The view as it must be, worked out from the stored events without a line of the app's own code."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from local.demo.baskets import Line
from local.demo.rows import Json, ViewRow, moment

STATUS_AFTER: Final = {
    "OrderShipped": "shipped",
    "OrderDelivered": "delivered",
    "OrderCancelled": "cancelled",
    "ShipmentLost": "cancelled",
    "OrderReturned": "cancelled",
}


def streams(items: Iterable[Json]) -> dict[str, list[Json]]:
    """Events by order, each in sequence; an order's private item is no event."""
    by_order: defaultdict[str, list[Json]] = defaultdict(list)
    for item in items:
        if "sequence" in item:
            by_order[item["orderId"]].append(item)
    return {order_id: sorted(events, key=lambda event: event["sequence"]) for order_id, events in by_order.items()}


def expected_rows(by_order: Mapping[str, Iterable[Json]]) -> dict[str, ViewRow]:
    """One row per order that was not deleted and whose customer was not forgotten."""
    folded = {order_id: _fold(events) for order_id, events in by_order.items()}
    return {order_id: row for order_id, row in folded.items() if row is not None}


def _fold(events: Iterable[Json]) -> ViewRow | None:
    row: ViewRow | None = None
    for event in events:
        if event["type"] == "OrderPlaced":
            row = _placed(event)
        elif event["type"] in {"OrderDeleted", "CustomerForgotten"}:
            row = None
        elif row and event["type"] in STATUS_AFTER:
            row = replace(row, status=STATUS_AFTER[event["type"]])
    return row


def _placed(event: Json) -> ViewRow:
    lines = tuple(
        Line(line["productId"], line["productName"], line["quantity"], line["unitPrice"]["minor"])
        for line in event["data"]["lines"]
    )
    return ViewRow(
        order_id=event["orderId"],
        customer_id=event["customerId"],
        status="pending",
        lines=lines,
        total_cents=sum(line.quantity * line.unit_cents for line in lines),
        created_at=moment(event["at"]),
    )
