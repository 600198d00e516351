"""Customer orders: one row per order, in the customer's own partition, newest first on the page."""

from dataclasses import dataclass, replace
from datetime import datetime

from orders.events import STATUS, CustomerForgotten, Line, OrderDeleted, OrderEvent, OrderPlaced
from shared.kernel import Key, Money, Projection, Recorded


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    order_id: str
    customer_id: str
    status: str
    items: tuple[Line, ...]
    total: Money
    created_at: datetime


def evolve(row: CustomerOrder | None, event: Recorded[OrderEvent]) -> CustomerOrder | None:
    match event.body:
        case OrderPlaced(lines=lines, total=total):
            return CustomerOrder(event.stream, event.customer_id, "pending", lines, total, event.at)
        case OrderDeleted() | CustomerForgotten():
            return None
        case news if row and type(news) in STATUS:
            return replace(row, status=STATUS[type(news)])
        case _:
            return row


customer_orders = Projection(
    "customer_orders",
    row=CustomerOrder,
    evolve=evolve,
    key=lambda event: Key(partition=event.customer_id, id=event.stream),
    partitioned_by="customerId",
)
