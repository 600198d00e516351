"""What can have happened to an order. Facts, in the past tense; stored for ever, never changed."""

from dataclasses import dataclass

from shared.kernel import Money


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
class OrderShipped:
    by_hand: bool


@dataclass(frozen=True, slots=True)
class OrderDelivered:
    pass


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    reason: str


@dataclass(frozen=True, slots=True)
class OrderDeleted:
    """The tombstone: it never expires and closes the order's id for ever."""


type OrderEvent = OrderPlaced | OrderShipped | OrderDelivered | OrderCancelled | OrderDeleted

ORDER_EVENTS: tuple[type[OrderEvent], ...] = (OrderPlaced, OrderShipped, OrderDelivered, OrderCancelled, OrderDeleted)
