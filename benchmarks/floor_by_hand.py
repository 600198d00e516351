"""The least that a page can cost over HTTP: msgspec's structs, rows in bulk put together by hand, a bare socket.

No SDK, no marks, no etags, no lanes, no retries: what a service could not run with, and what nothing can go below.
"""

from collections.abc import Iterator, Mapping
from itertools import batched
from typing import Any, Final

import orjson

from benchmarks.decode import FLOOR, OrderDelivered, OrderPlaced, OrderShipped, Placed
from benchmarks.load import Line
from benchmarks.requests import ROWS_A_BATCH, Template

_STATUS: Final[Mapping[type, str]] = {OrderPlaced: "pending", OrderShipped: "shipped", OrderDelivered: "delivered"}

type Row = dict[str, Any]


def on_change(text: str, line: Line, template: Template) -> None:
    """Each row is read and written once for all events of its order that are in the page."""
    orders: dict[str, list[Any]] = {}
    for event in FLOOR.decode(text):
        orders.setdefault(event.order_id, []).append(event)
    for some in batched(orders.values(), ROWS_A_BATCH, strict=False):
        keys = [(orjson.dumps([events[0].customer_id]).decode(), events[0].order_id) for events in some]
        asked = [{"operationType": "Read", "partitionKey": key, "id": name} for key, name in keys]
        found = _answers(line, template, asked)
        rows = [_folded(each.get("resourceBody"), events) for each, events in zip(found, some, strict=True)]
        _answers(line, template, list(_writes(keys, rows)))


def _writes(keys: list[tuple[str, str]], rows: list[Row]) -> Iterator[object]:
    for (key, _), row in zip(keys, rows, strict=True):
        yield {
            "operationType": "Upsert",
            "partitionKey": key,
            "minimalReturnPreference": True,
            "resourceBody": row,
        }


def _folded(row: Row | None, events: list[Any]) -> Row:
    first = events[0]
    row = row or {"id": first.order_id, "orderId": first.order_id, "customerId": first.customer_id}
    for event in events:
        row["status"] = _STATUS.get(type(event)) or row.get("status", "pending")
        if isinstance(event.data, Placed):
            items = [{"productId": each.product_id, "quantity": each.quantity} for each in event.data.lines]
            row |= {"items": items, "total": event.data.total.minor / 100, "createdAt": event.at}
    return row


def _answers(line: Line, template: Template, operations: list[Any]) -> list[Row]:
    line.send(template.request(orjson.dumps(operations)))
    answers: list[Row] = orjson.loads(line.receive().partition(b"\r\n\r\n")[2])
    return answers
