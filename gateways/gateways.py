"""What an order may ask of the outside world, and who answers it: a real provider is one class with these methods.

Every method is one effect key of the order, asked any number of times, in any order, however late; it answers what is
final. Each raises Transient when its provider is away or does not answer: then it may or may not have happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from orders.effects import (
    BookShipment,
    CapturePayment,
    ClosePayment,
    CloseShipment,
    ConsumeStock,
    HoldStock,
    OrderEffect,
    PaymentEffect,
    ReleaseStock,
    ShipmentEffect,
    StockEffect,
    UndoPayment,
)
from orders.events import (
    Answer,
    Line,
    OrderShipped,
    PaymentCaptured,
    PaymentDeclined,
    PaymentRefunded,
    ShippingRefused,
    StockHeld,
    StockRefused,
    StockReleased,
)
from shared.kernel import Money
from shared.metrics import DEPENDENCY_SECONDS
from shared.observer import SILENT, Observer


class Stock(Protocol):
    async def hold(self, order_id: str, lines: Sequence[Line]) -> StockHeld | StockRefused:
        """Held only when every line is; what is held of a refused order stays so until it is released."""
        ...

    async def release(self, order_id: str, lines: Sequence[Line]) -> StockReleased:
        """From here on the order holds nothing, and a late hold of it is refused."""
        ...

    async def consume(self, order_id: str, lines: Sequence[Line]) -> None:
        """The goods have left, held or not."""
        ...


class Payments(Protocol):
    async def capture(self, order_id: str, amount: Money) -> PaymentCaptured | PaymentDeclined: ...

    async def undo(self, order_id: str) -> PaymentRefunded | PaymentDeclined:
        """Declined when nothing was captured; a late capture is then declined too."""
        ...

    async def close(self, order_id: str) -> PaymentCaptured | PaymentDeclined | PaymentRefunded:
        """What was captured stays; if nothing was, a late capture is declined."""
        ...


class Carrier(Protocol):
    async def book(self, order_id: str, lines: Sequence[Line]) -> OrderShipped | ShippingRefused: ...

    async def close(self, order_id: str) -> OrderShipped | ShippingRefused:
        """A parcel that exists stays; if there is none, a late booking is refused."""
        ...


@dataclass(frozen=True, slots=True)
class Gateways:
    stock: Stock
    payments: Payments
    carrier: Carrier
    observer: Observer = SILENT

    async def perform(self, effect: OrderEffect) -> Answer | None:
        """What the outside world says to it; None where there is nothing to record."""
        if not self.observer.listens:
            return await self._performed(effect)
        name, begun, outcome = type(effect).__name__, perf_counter(), "failed"
        try:
            with self.observer.span(f"gateway {name}", outward=True) as trace:
                answer = await self._performed(effect)
                outcome = type(answer).__name__ if answer else "done"
                trace.say(key=effect.order_id, answer=outcome)
        finally:
            seconds, provider = perf_counter() - begun, _provider(effect)
            self.observer.record(DEPENDENCY_SECONDS, seconds, dependency=provider, operation=name, outcome=outcome)
        return answer

    async def _performed(self, effect: OrderEffect) -> Answer | None:
        match effect:
            case HoldStock() | ReleaseStock() | ConsumeStock():
                return await self._of_stock(effect)
            case CapturePayment() | UndoPayment() | ClosePayment():
                return await self._of_payments(effect)
            case BookShipment() | CloseShipment():
                return await self._of_carrier(effect)

    async def _of_stock(self, effect: StockEffect) -> Answer | None:
        match effect:
            case HoldStock(order_id=order_id, lines=lines):
                return await self.stock.hold(order_id, lines)
            case ReleaseStock(order_id=order_id, lines=lines):
                return await self.stock.release(order_id, lines)
            case ConsumeStock(order_id=order_id, lines=lines):
                await self.stock.consume(order_id, lines)
                return None

    async def _of_payments(self, effect: PaymentEffect) -> Answer:
        match effect:
            case CapturePayment(order_id=order_id, amount=amount):
                return await self.payments.capture(order_id, amount)
            case UndoPayment(order_id=order_id):
                return await self.payments.undo(order_id)
            case ClosePayment(order_id=order_id):
                return await self.payments.close(order_id)

    async def _of_carrier(self, effect: ShipmentEffect) -> Answer:
        match effect:
            case BookShipment(order_id=order_id, lines=lines):
                return await self.carrier.book(order_id, lines)
            case CloseShipment(order_id=order_id):
                return await self.carrier.close(order_id)


def _provider(effect: OrderEffect) -> str:
    match effect:
        case HoldStock() | ReleaseStock() | ConsumeStock():
            return "stock"
        case CapturePayment() | UndoPayment() | ClosePayment():
            return "payments"
        case BookShipment() | CloseShipment():
            return "carrier"
