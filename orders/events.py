"""What can have happened to an order. Facts, in the past tense; stored for ever, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.kernel import Money

type Status = Literal["pending", "shipped", "delivered", "cancelled"]


@dataclass(frozen=True, slots=True)
class Line:
    product_id: str
    product_name: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """`fingerprint` tells a repeated request from another one under the same Idempotency-Key; empty without a key."""

    lines: tuple[Line, ...]
    total: Money
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class StockHeld:
    pass


@dataclass(frozen=True, slots=True)
class StockRefused:
    """`product_id` is the first product that there was not enough of."""

    product_id: str


@dataclass(frozen=True, slots=True)
class StockReleased:
    pass


@dataclass(frozen=True, slots=True)
class PaymentRequested:
    """The intent, stored before the provider is called: from here on money may have moved."""

    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentCaptured:
    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentDeclined:
    """Nothing was captured, and nothing will be."""

    reason: str


@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentWaived:
    """The order went out without being paid: a person, or a provider that never answered, decided so."""


@dataclass(frozen=True, slots=True)
class ShipmentRequested:
    """The intent, stored before the carrier is called: from here on a parcel may exist."""


@dataclass(frozen=True, slots=True)
class OrderShipped:
    by_hand: bool
    tracking_id: str = ""


@dataclass(frozen=True, slots=True)
class ShippingRefused:
    """There is no parcel, and there will be none."""

    reason: str


@dataclass(frozen=True, slots=True)
class ShipmentLost:
    pass


@dataclass(frozen=True, slots=True)
class OrderDelivered:
    pass


@dataclass(frozen=True, slots=True)
class OrderReturned:
    pass


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    reason: str


@dataclass(frozen=True, slots=True)
class OrderDeleted:
    """The tombstone: it never expires and closes the order's id for ever."""


@dataclass(frozen=True, slots=True)
class CustomerForgotten:
    """The customer asked to be forgotten: what is kept for the customer ends, and the order itself goes on.

    Whoever keeps something about the customer because of this order is to erase it.
    """


# What the outside world said; each act only moves forward, so hearing it twice or late changes nothing.
type Answer = (
    StockHeld
    | StockRefused
    | StockReleased
    | PaymentCaptured
    | PaymentDeclined
    | PaymentRefunded
    | OrderShipped
    | ShippingRefused
)

type OrderEvent = (
    Answer
    | OrderPlaced
    | PaymentRequested
    | PaymentWaived
    | ShipmentRequested
    | ShipmentLost
    | OrderDelivered
    | OrderReturned
    | OrderCancelled
    | OrderDeleted
    | CustomerForgotten
)

ORDER_EVENTS: Final[tuple[type[OrderEvent], ...]] = (
    OrderPlaced,
    StockHeld,
    StockRefused,
    StockReleased,
    PaymentRequested,
    PaymentCaptured,
    PaymentDeclined,
    PaymentRefunded,
    PaymentWaived,
    ShipmentRequested,
    OrderShipped,
    ShippingRefused,
    ShipmentLost,
    OrderDelivered,
    OrderReturned,
    OrderCancelled,
    OrderDeleted,
    CustomerForgotten,
)

# The status that an event gives an order; all other events leave it as it is.
STATUS: Final[Mapping[type, Status]] = {
    OrderPlaced: "pending",
    OrderShipped: "shipped",
    OrderDelivered: "delivered",
    OrderCancelled: "cancelled",
    ShipmentLost: "cancelled",
    OrderReturned: "cancelled",
}

# After one of these the order is no sale.
NO_SALE: Final = (OrderCancelled, ShipmentLost, OrderReturned, OrderDeleted)
