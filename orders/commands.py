"""What one may ask of an order."""

from dataclasses import dataclass
from typing import Literal

from orders.events import Line

type Status = Literal["pending", "shipped", "delivered", "cancelled"]


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """At least one line, all in one currency."""

    lines: tuple[Line, ...]
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """A person moves the order to a status by hand."""

    to: Status


@dataclass(frozen=True, slots=True)
class DeleteOrder:
    pass


type OrderCommand = PlaceOrder | MoveOrder | DeleteOrder
