"""Pages of a change feed with events of many orders, as the trigger hands them over."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any, Final

import orjson

from orders.events import (
    ORDER_EVENTS,
    Line,
    OrderDelivered,
    OrderEvent,
    OrderPlaced,
    OrderShipped,
    PaymentCaptured,
    ShipmentRequested,
)
from shared.kernel import Money, Recorded
from shared.pipeline import EventCodec

CODEC: Final[EventCodec[Any]] = EventCodec(*ORDER_EVENTS)
BEGAN: Final = datetime(2026, 1, 31, tzinfo=UTC)
LINES: Final = 6
# What the store adds to each item.
_SYSTEM: Final = {
    "_rid": "AbCdEfGhIjkBAAAAAAAAAA==",
    "_self": "dbs/AbCdEA==/colls/AbCdEfGhIjk=/docs/AbCdEfGhIjkBAAAAAAAAAA==/",
    "_etag": '"0000d826-0000-0700-0000-6553b4a40000"',
    "_attachments": "attachments/",
    "_ts": 1769851800,
}


def history(stream: str, customer: str) -> tuple[Recorded[OrderEvent], ...]:
    """The five events of an order that nothing goes wrong with."""
    lines = tuple(
        Line(f"product-{number:06d}", "Darjeeling, second flush, 250 g, loose leaf", number, Money(1250, "USD"))
        for number in range(1, LINES + 1)
    )
    total = Money(sum(line.unit_price.minor * line.quantity for line in lines), "USD")
    bodies: tuple[OrderEvent, ...] = (
        OrderPlaced(lines, total),
        PaymentCaptured(total),
        ShipmentRequested(),
        OrderShipped(by_hand=False),
        OrderDelivered(),
    )
    return tuple(
        Recorded(body, stream, customer, number, BEGAN + timedelta(seconds=number), "cause", "correlation")
        for number, body in enumerate(bodies, start=1)
    )


def items(run: str, orders: int) -> list[dict[str, object]]:
    """Order by order. Each order has a customer of its own, so each row a partition of its own."""
    return [
        dict(CODEC.encode(event)) | _SYSTEM
        for number in range(orders)
        for event in history(f"{run}-{number}", f"customer-{run}-{number}")
    ]


def pages(run: str, *, orders: int, size: int) -> Iterator[str]:
    """Texts of `size` events."""
    for page in batched(items(run, orders), size, strict=False):
        yield text(page)


def text(page: Sequence[object]) -> str:
    return orjson.dumps(page).decode()
