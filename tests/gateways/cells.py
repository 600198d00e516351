"""Every cell of the gateway table, written by hand: what was asked before, what is asked, what is then true."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as pairs
from typing import Literal

from gateways import SandboxCarrier, SandboxPayments, Warehouse
from gateways.acts import ActState, ActVerb
from gateways.holds import HoldState, HoldVerb
from orders.events import Answer, Line
from shared.kernel import Money
from shared.ports import BucketStore

PRICE = Money(250, "USD")
LEVEL = 5
ENOUGH, TOO_MANY = 2, 9

type Said = Literal["StockHeld", "StockRefused", "StockReleased", "nothing"]


@dataclass(frozen=True)
class HoldCell:
    """`before` was asked already, of a level of 5; `state` and `available` are what the book says afterwards."""

    before: tuple[HoldVerb, ...]
    quantity: int
    verb: HoldVerb
    said: Said
    state: HoldState
    available: int

    def __str__(self) -> str:
        return f"{'+'.join(self.before) or 'absent'}-{self.verb}-{self.quantity}"


def _row(
    before: tuple[HoldVerb, ...], quantity: int, state: HoldState, available: int, *, act: Said
) -> tuple[HoldCell, ...]:
    """A state that nothing moves any more."""
    return (
        HoldCell(before, quantity, "hold", act, state, available),
        HoldCell(before, quantity, "release", "StockReleased", state, available),
        HoldCell(before, quantity, "consume", "nothing", state, available),
    )


HOLD_CELLS: tuple[HoldCell, ...] = (
    HoldCell((), ENOUGH, "hold", "StockHeld", "held", 3),
    HoldCell((), LEVEL, "hold", "StockHeld", "held", 0),
    HoldCell((), TOO_MANY, "hold", "StockRefused", "refused", 5),
    HoldCell((), ENOUGH, "release", "StockReleased", "voided", 5),
    HoldCell((), ENOUGH, "consume", "nothing", "consumed", 3),
    HoldCell((), TOO_MANY, "consume", "nothing", "short", 5),
    HoldCell(("hold",), ENOUGH, "hold", "StockHeld", "held", 3),
    HoldCell(("hold",), ENOUGH, "release", "StockReleased", "voided", 5),
    HoldCell(("hold",), ENOUGH, "consume", "nothing", "consumed", 3),
    *_row(("hold",), TOO_MANY, "refused", 5, act="StockRefused"),
    *_row(("release",), ENOUGH, "voided", 5, act="StockRefused"),
    *_row(("hold", "release"), ENOUGH, "voided", 5, act="StockRefused"),
    *_row(("hold", "consume"), ENOUGH, "consumed", 3, act="StockHeld"),
    *_row(("consume",), ENOUGH, "consumed", 3, act="StockHeld"),
    *_row(("consume",), TOO_MANY, "short", 5, act="StockRefused"),
)


@dataclass(frozen=True)
class ActCell:
    """`accepts` is the provider's will; `said` names the answer of a payment, `told` that of a shipment."""

    before: tuple[ActVerb, ...]
    accepts: bool
    verb: ActVerb
    state: ActState
    said: str
    told: str = ""

    def __str__(self) -> str:
        return f"{'+'.join(self.before) or 'absent'}-{self.verb}-{'accepts' if self.accepts else 'refuses'}"


CAPTURED, DECLINED, REFUNDED = "PaymentCaptured", "PaymentDeclined", "PaymentRefunded"
SHIPPED, REFUSED = "OrderShipped", "ShippingRefused"
ACT_CELLS: tuple[ActCell, ...] = (
    ActCell((), accepts=True, verb="act", state="done", said=CAPTURED, told=SHIPPED),
    ActCell((), accepts=False, verb="act", state="refused", said=DECLINED, told=REFUSED),
    ActCell((), accepts=True, verb="close", state="voided", said=DECLINED, told=REFUSED),
    ActCell((), accepts=True, verb="undo", state="voided", said=DECLINED),
    ActCell(("act",), accepts=True, verb="act", state="done", said=CAPTURED, told=SHIPPED),
    ActCell(("act",), accepts=True, verb="close", state="done", said=CAPTURED, told=SHIPPED),
    ActCell(("act",), accepts=True, verb="undo", state="undone", said=REFUNDED),
    ActCell(("act",), accepts=False, verb="act", state="refused", said=DECLINED, told=REFUSED),
    ActCell(("act",), accepts=False, verb="close", state="refused", said=DECLINED, told=REFUSED),
    ActCell(("act",), accepts=False, verb="undo", state="refused", said=DECLINED),
    ActCell(("close",), accepts=True, verb="act", state="voided", said=DECLINED, told=REFUSED),
    ActCell(("close",), accepts=True, verb="close", state="voided", said=DECLINED, told=REFUSED),
    ActCell(("close",), accepts=True, verb="undo", state="voided", said=DECLINED),
    ActCell(("undo",), accepts=True, verb="act", state="voided", said=DECLINED),
    ActCell(("undo",), accepts=True, verb="undo", state="voided", said=DECLINED),
    ActCell(("act", "undo"), accepts=True, verb="act", state="undone", said=DECLINED),
    ActCell(("act", "undo"), accepts=True, verb="close", state="undone", said=REFUNDED),
    ActCell(("act", "undo"), accepts=True, verb="undo", state="undone", said=REFUNDED),
)
SHIPMENT_CELLS = tuple(cell for cell in ACT_CELLS if cell.told)
NO_ANSWER = "Transient"


def line(product_id: str, quantity: int = 1) -> Line:
    return Line(product_id, product_id.title(), quantity, PRICE)


def everything_up_to(depth: int, verbs: Sequence[ActVerb]) -> list[tuple[ActVerb, ...]]:
    return [asked for length in range(depth + 1) for asked in pairs(verbs, repeat=length)]


async def ask_stock(stock: Warehouse, verb: HoldVerb, order_id: str, *lines: Line) -> Answer | None:
    match verb:
        case "hold":
            return await stock.hold(order_id, lines)
        case "release":
            return await stock.release(order_id, lines)
        case "consume":
            await stock.consume(order_id, lines)
            return None


async def ask_payments(payments: SandboxPayments, verb: ActVerb, order_id: str) -> Answer:
    match verb:
        case "act":
            return await payments.capture(order_id, PRICE)
        case "close":
            return await payments.close(order_id)
        case "undo":
            return await payments.undo(order_id)


async def ask_carrier(carrier: SandboxCarrier, verb: ActVerb, order_id: str, product_id: str) -> Answer:
    return await (carrier.close(order_id) if verb == "close" else carrier.book(order_id, [line(product_id)]))


def named(answer: Answer | None) -> str:
    return "nothing" if answer is None else type(answer).__name__


def payments_with(store: BucketStore, behaviour: str = "tok_ok") -> SandboxPayments:
    async def tokens(_: str) -> str:
        return behaviour

    async def webhook(order_id: str, answer: Answer) -> None:
        raise AssertionError(f"nobody listens: {order_id} {answer}")

    return SandboxPayments(store, tokens, webhook, late_seconds=60)
