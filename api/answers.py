"""What goes out: orders in the shape the contract promises."""

from collections.abc import Collection, Mapping
from datetime import datetime
from fractions import Fraction
from http import HTTPStatus
from itertools import zip_longest
from typing import Any, Literal, cast

import azure.functions as func
import orjson

from api import shapes
from orders.events import Line
from orders.order import Order
from orders.refusals import UnknownOrder
from shared.kernel import Poison, Saga
from shared.kernel.saga import Entered
from shared.kernel.values import to_text
from shared.pipeline.saga_item import Instance
from shared.ports import Item, Total
from shared.runtime import OrderStream

LISTED = ("orderId", "customerId", "status", "items", "total", "createdAt")
LINE = ("productId", "productName", "quantity", "unitPrice")
STALE = ("since", "reason", "last")
MERMAID = "text/vnd.mermaid"


def json(
    body: object, *, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    return func.HttpResponse(
        orjson.dumps(body), status_code=status.value, headers=dict(headers or {}), mimetype="application/json"
    )


def mermaid(text: str) -> func.HttpResponse:
    return func.HttpResponse(text, mimetype=MERMAID)


def order(found: OrderStream) -> shapes.Order:
    """Raises UnknownOrder when there is none, or none any more."""
    if found.state is None or found.state.status == "deleted":
        raise UnknownOrder("no such order")
    placed = found.events[0]
    return {
        "orderId": placed.stream,
        "customerId": "" if found.state.is_forgotten else placed.customer_id,
        "status": found.state.status,
        "items": [line(each) for each in found.state.lines],
        "total": found.state.total.minor / 100,
        "createdAt": to_text(placed.at),
    }


def line(each: Line) -> shapes.OrderLine:
    return {
        "productId": each.product_id,
        "productName": each.product_name,
        "quantity": each.quantity,
        "unitPrice": each.unit_price.minor / 100,
    }


def etag(sequence: int) -> dict[str, str]:
    return {"ETag": f'"{sequence}"'}


def row(item: Mapping[str, object]) -> shapes.ListedOrder:
    """A stored row without what only the store needs."""
    shown = {name: item[name] for name in LISTED}
    items = item["items"]
    if isinstance(items, list):
        shown["items"] = [{name: each[name] for name in LINE} for each in items]
    stale = item.get("stale")
    if isinstance(stale, dict):
        shown["stale"] = {name: stale[name] for name in STALE}
    return cast("shapes.ListedOrder", shown)


def event(item: Item, *, kept_back: Collection[str] = ()) -> dict[str, object]:
    """A stored event without what only the store needs, and without the fields of its data that are `kept_back`."""
    shown = {name: item[name] for name in ("sequence", "type", "at", "causationId", "correlationId")}
    data = cast("Item", item["data"])
    return {"kind": "event"} | shown | {"data": {name: each for name, each in data.items() if name not in kept_back}}


def phase(entered: Entered) -> shapes.PhaseEntry:
    return {"kind": "saga", "phase": entered.phase, "at": to_text(entered.at)}


def unread_saga(poison: Poison, at: datetime) -> shapes.UnreadSaga:
    """In place of phases that nobody can tell."""
    return {"kind": "saga", "phase": "unknown", "reason": poison.reason, "at": to_text(at)}


def saga(order_id: str, definition: Saga[Any, Any], instance: Instance, order: Order) -> shapes.SagaProgress:
    progress = instance.progress
    following = progress.entered[1:]
    return {
        "orderId": order_id,
        "saga": definition.name,
        "version": progress.version,
        "phase": progress.phase,
        "outcome": _outcome(order) if definition.has_ended(progress, order) else "running",
        "deadline": _moment(instance.deadline),
        "isLate": progress.is_late,
        "steps": [
            {"phase": each.phase, "since": to_text(each.at), "until": to_text(after.at) if after else None}
            for each, after in zip_longest(progress.entered, following)
        ],
        "asked": [
            {
                "name": each.name,
                "since": to_text(each.since),
                "attempts": each.attempts,
                "next": _moment(each.due_at),
                "trouble": each.trouble,
            }
            for each in instance.asked
        ],
    }


def _outcome(order: Order) -> Literal["compensated", "completed", "taken over"]:
    if not order.is_with_customer:
        return "compensated"
    return "completed" if order.shipment == "done" else "taken over"


def _moment(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def summary(customer_id: str, total: Total) -> shapes.Summary:
    return {
        "customerId": customer_id,
        "totalOrders": total.rows,
        "totalSpent": total.amount / 100,
        "averageOrderValue": _average(total) / 100,
    }


def _average(total: Total) -> int:
    """In minor units, half to even; 0 of none."""
    if not total.rows:
        return 0
    # Of a fraction, unlike of a float, round knows which is exactly half.
    return round(Fraction(total.amount, total.rows))
