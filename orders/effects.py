"""What an order asks of the outside world. Values, not calls; each is one effect key, however often it is asked."""

from dataclasses import dataclass

from orders.events import Line
from shared.kernel import Money


@dataclass(frozen=True, slots=True)
class HoldStock:
    order_id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReleaseStock:
    order_id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ConsumeStock:
    """The goods have left: what was held is gone, and what was not held is taken from the level."""

    order_id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CapturePayment:
    order_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class UndoPayment:
    """Give back what was captured, or see to it that nothing ever is."""

    order_id: str


@dataclass(frozen=True, slots=True)
class ClosePayment:
    """What was captured stays; if nothing was, nothing ever is."""

    order_id: str


@dataclass(frozen=True, slots=True)
class BookShipment:
    order_id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CloseShipment:
    """A parcel that exists stays; if there is none, there never will be."""

    order_id: str


type StockEffect = HoldStock | ReleaseStock | ConsumeStock

type PaymentEffect = CapturePayment | UndoPayment | ClosePayment

type ShipmentEffect = BookShipment | CloseShipment

type OrderEffect = StockEffect | PaymentEffect | ShipmentEffect
