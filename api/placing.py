"""Placing one order, however it came in."""

from dataclasses import dataclass

from api import requests
from api.access import asking
from orders.commands import PlaceOrder
from orders.events import Line
from shared.kernel import Money
from shared.pipeline import Cause
from shared.ports import Item
from shared.runtime import OrderStream, app


@dataclass(frozen=True, slots=True)
class Placed:
    """The order as it was placed, whatever became of it; `is_replayed` when that was an earlier request's doing."""

    order_id: str
    first: OrderStream
    is_replayed: bool


async def place(wanted: requests.NewOrder, *, key: str | None, cause: Cause) -> Placed:
    """One write, and a read only if the key was used before. Raises Forbidden for another customer's order."""
    asking().insist_on(wanted.customer_id)
    order_id, fingerprint = requests.placement(key, wanted)
    placed = await app().orders.open(
        order_id,
        PlaceOrder(lines(wanted, app().settings.currency), fingerprint),
        cause=cause,
        customer_id=wanted.customer_id,
        beside=_private(order_id, wanted),
    )
    return Placed(order_id, app().orders.first(placed), is_replayed=not placed.appended)


def lines(wanted: requests.NewOrder, currency: str) -> tuple[Line, ...]:
    return tuple(
        Line(each.product_id, each.product_name, each.quantity, Money(int(each.unit_price * 100), currency))
        for each in wanted.items
    )


def _private(order_id: str, wanted: requests.NewOrder) -> list[Item]:
    """What may be erased lives beside the events, never in them."""
    if wanted.shipping_address is None and wanted.email is None and wanted.payment_token is None:
        return []
    return [
        {
            "id": "private",
            "orderId": order_id,
            "type": "OrderPrivate",
            "schemaVersion": 1,
            "shippingAddress": wanted.shipping_address,
            "email": wanted.email,
            "paymentToken": wanted.payment_token,
        }
    ]
