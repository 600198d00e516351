"""What one may ask of an order."""

from dataclasses import dataclass
from typing import Literal

from orders.events import Answer, Line, Status


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
class CancelOrder:
    """A process that cannot be finished asks for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeleteOrder:
    pass


@dataclass(frozen=True, slots=True)
class RequestPayment:
    """Before the provider is called. Refused when the order must not be paid (any more)."""


@dataclass(frozen=True, slots=True)
class RequestShipment:
    """Before the carrier is called. Refused when the order must not be shipped (any more)."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the outside world answered. Never refused: it has happened."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class ReportParcel:
    """What the carrier says of the parcel under way. `tracking_id` is the carrier's name for it."""

    kind: Literal["delivered", "lost", "returned"]
    tracking_id: str = ""


@dataclass(frozen=True, slots=True)
class ForgetCustomer:
    """Whoever ordered is not to be remembered. Refused while the order cannot go on without what only they know."""


type OrderCommand = (
    PlaceOrder
    | MoveOrder
    | CancelOrder
    | DeleteOrder
    | RequestPayment
    | RequestShipment
    | Record
    | ReportParcel
    | ForgetCustomer
)
