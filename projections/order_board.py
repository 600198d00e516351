"""Order board: one row per order for administrators, spread over buckets that are read side by side."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from orders.events import STATUS, CustomerForgotten, Line, OrderDeleted, OrderEvent, OrderPlaced
from shared.kernel import Key, Money, Projection, Recorded, Shards

# Rows never move, so this number is for ever; it stays enough for 16 physical ranges.
SHARDS: Final = Shards(16)


@dataclass(frozen=True, slots=True)
class BoardOrder:
    order_id: str
    customer_id: str
    status: str
    items: tuple[Line, ...]
    total: Money
    created_at: datetime


def evolve(row: BoardOrder | None, event: Recorded[OrderEvent]) -> BoardOrder | None:
    match event.body:
        case OrderPlaced(lines=lines, total=total):
            return BoardOrder(event.stream, event.customer_id, "pending", lines, total, event.at)
        case OrderDeleted():
            return None
        case CustomerForgotten() if row:
            return replace(row, customer_id="")
        case news if row and type(news) in STATUS:
            return replace(row, status=STATUS[type(news)])
        case _:
            return row


order_board = Projection(
    "order_board",
    row=BoardOrder,
    evolve=evolve,
    key=lambda event: Key(partition=SHARDS.bucket(event.stream), id=event.stream),
    partitioned_by="bucket",
)
