"""One order as its events left it."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from orders.events import (
    STATUS,
    CustomerForgotten,
    Line,
    OrderCancelled,
    OrderDeleted,
    OrderDelivered,
    OrderEvent,
    OrderPlaced,
    OrderReturned,
    OrderShipped,
    PaymentCaptured,
    PaymentDeclined,
    PaymentRefunded,
    PaymentRequested,
    PaymentWaived,
    ShipmentLost,
    ShipmentRequested,
    ShippingRefused,
    Status,
    StockHeld,
    StockRefused,
    StockReleased,
)
from shared.kernel import Money


@dataclass(frozen=True, slots=True)
class Order:
    """An order that was placed. A deleted one is still here: its id stays closed.

    `has_left` stays true whatever becomes of the parcel. A shipment is `requested` while nobody knows its outcome.
    `parcel` is the last that was heard of one under way.
    """

    status: Status | Literal["deleted"]
    lines: tuple[Line, ...]
    total: Money
    fingerprint: str = ""
    stock: Literal["none", "held", "refused", "released"] = "none"
    payment: Literal["none", "requested", "captured", "declined", "refunded"] = "none"
    shipment: Literal["none", "requested", "done", "refused"] = "none"
    is_waived: bool = False
    has_left: bool = False
    parcel: Literal["none", "delivered", "lost", "returned"] = "none"
    is_forgotten: bool = False

    @property
    def is_pending(self) -> bool:
        return self.status == "pending"

    @property
    def is_with_customer(self) -> bool:
        """Shipped or delivered, and neither lost nor returned."""
        return self.status in {"shipped", "delivered"}

    @property
    def may_be_paid(self) -> bool:
        """Money was asked for, and it is neither refused nor given back."""
        return self.payment in {"requested", "captured"}


_STOCK: Final[dict[type, Literal["held", "refused", "released"]]] = {
    StockHeld: "held",
    StockRefused: "refused",
    StockReleased: "released",
}
_PAYMENT: Final[dict[type, Literal["requested", "captured", "declined", "refunded"]]] = {
    PaymentRequested: "requested",
    PaymentCaptured: "captured",
    PaymentDeclined: "declined",
    PaymentRefunded: "refunded",
}
_PARCEL: Final[dict[type, Literal["delivered", "lost", "returned"]]] = {
    OrderDelivered: "delivered",
    ShipmentLost: "lost",
    OrderReturned: "returned",
}


# All that is left when the events of a deleted order are gone: nobody is owed anything, and nothing is known.
_PURGED: Final = Order("deleted", (), Money(0, ""), stock="released", is_forgotten=True)


def evolve(order: Order | None, event: OrderEvent) -> Order | None:
    if isinstance(event, OrderPlaced):
        return Order("pending", event.lines, event.total, event.fingerprint)
    if order is None and isinstance(event, OrderDeleted):
        return _PURGED
    if order is None:
        raise ValueError("the stream does not begin with OrderPlaced")
    return _changed(order, event)


def _changed(order: Order, event: OrderEvent) -> Order:  # noqa: C901, PLR0911 - a case each
    match event:
        case StockHeld() | StockRefused() | StockReleased():
            return replace(order, stock=_STOCK[type(event)])
        case PaymentRequested() | PaymentCaptured() | PaymentDeclined() | PaymentRefunded():
            return replace(order, payment=_PAYMENT[type(event)])
        case PaymentWaived():
            return replace(order, is_waived=True)
        case CustomerForgotten():
            return replace(order, is_forgotten=True)
        case ShipmentRequested():
            return replace(order, shipment="requested")
        case ShippingRefused():
            return replace(order, shipment="refused")
        case OrderShipped(by_hand=by_hand):
            shipment = order.shipment if by_hand else "done"
            return replace(order, status=STATUS[OrderShipped], shipment=shipment, has_left=True)
        case OrderDeleted():
            return replace(order, status="deleted")
        case OrderDelivered() | ShipmentLost() | OrderReturned():
            return replace(order, status=STATUS[type(event)], parcel=_PARCEL[type(event)])
        case OrderPlaced() | OrderCancelled():
            return replace(order, status=STATUS[type(event)])
