"""What an event may make of an order: each part of it moves forward, and none is told what it knows already."""

from collections.abc import Mapping
from typing import Final

from orders.order import Order

type Moves = frozenset[tuple[str, str]]

FORWARD: Final[Mapping[str, Moves]] = {
    "status": frozenset({
        ("pending", "shipped"), ("pending", "cancelled"), ("pending", "deleted"),
        ("shipped", "delivered"), ("shipped", "cancelled"), ("delivered", "cancelled"),
    }),
    "stock": frozenset({
        ("none", "held"), ("none", "refused"), ("none", "released"), ("held", "released"), ("refused", "released"),
    }),
    "payment": frozenset({
        ("none", "requested"), ("requested", "captured"), ("requested", "declined"),
        ("requested", "refunded"), ("captured", "refunded"),
    }),
    "shipment": frozenset({
        ("none", "requested"), ("none", "refused"), ("requested", "done"), ("requested", "refused"),
    }),
}  # fmt: skip


def backward(before: Order, after: Order) -> str:
    """What of it went back, or stayed; empty when it is news."""
    moved = {name: (getattr(before, name), getattr(after, name)) for name in FORWARD}
    moved = {name: move for name, move in moved.items() if move[0] != move[1]}
    if not moved and before.is_waived == after.is_waived:
        return "an event that changes nothing"
    wrong = [f"{name} {move[0]} becomes {move[1]}" for name, move in moved.items() if move not in FORWARD[name]]
    return ", ".join(wrong)
