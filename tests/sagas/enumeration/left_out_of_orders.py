"""The order without one rule of its table: it allows too much, refuses too much, or says too little."""

from collections.abc import Callable
from typing import Final

from orders.commands import (
    CancelOrder,
    DeleteOrder,
    MoveOrder,
    OrderCommand,
    Record,
    ReportParcel,
    RequestPayment,
    RequestShipment,
)
from orders.events import (
    Answer,
    OrderCancelled,
    OrderDeleted,
    OrderEvent,
    OrderReturned,
    OrderShipped,
    PaymentCaptured,
    PaymentDeclined,
    PaymentRefunded,
    PaymentRequested,
    PaymentWaived,
    ShipmentLost,
    ShipmentRequested,
    ShippingRefused,
    StockHeld,
    StockRefused,
    StockReleased,
)
from orders.order import Order
from orders.refusals import TransitionForbidden
from tests.sagas.enumeration.left_out import CANCELLED, CARRIED, DELETED, SHIPPED, TWO, Covered, LeftOut
from tests.sagas.enumeration.rulebook import AMOUNT, Rules
from tests.sagas.enumeration.without import Events, calling_anyway, deciding, evolving, filtering

type When = Callable[[Order], bool]

_CANCEL, _SHIP = MoveOrder("cancelled"), MoveOrder("shipped")


def _allowing(command: OrderCommand, when: When, *news: OrderEvent) -> Rules:
    return deciding(lambda order, asked: news if asked == command and when(order) else None)


def _refusing(kind: type[OrderCommand], when: When) -> Rules:
    def decide(order: Order, asked: OrderCommand) -> Events | None:
        if isinstance(asked, kind) and when(order):
            raise TransitionForbidden("a rule that there is not")
        return None

    return deciding(decide)


def _recording(kind: type[Answer], when: When) -> Rules:
    """Also where it is no news."""

    def decide(order: Order, asked: OrderCommand) -> Events | None:
        match asked:
            case Record(answer=answer) if isinstance(answer, kind) and when(order):
                return (answer,)
            case _:
                return None

    return deciding(decide)


def _ignoring(kind: type[Answer], when: When) -> Rules:
    """Where it is news."""

    def decide(order: Order, asked: OrderCommand) -> Events | None:
        return () if isinstance(asked, Record) and isinstance(asked.answer, kind) and when(order) else None

    return deciding(decide)


def _unsaid(kind: type[OrderEvent], by: type[OrderCommand]) -> Rules:
    """A command's events without these."""
    return filtering(
        lambda _, asked, news: tuple(each for each in news if not (isinstance(asked, by) and isinstance(each, kind)))
    )


def _always_waived(_: Order, asked: OrderCommand, news: Events) -> Events:
    return (OrderShipped(by_hand=True), PaymentWaived()) if news and asked == _SHIP else news


def _is_open(order: Order) -> bool:
    return order.is_pending and order.shipment == "requested"


def _cancelled_while_open(order: Order, asked: OrderCommand) -> Events | None:
    return (OrderCancelled(""),) if isinstance(asked, CancelOrder) and _is_open(order) else None


def _is_new(order: Order) -> bool:
    return order.shipment == "none"


def _is_cancelled(order: Order) -> bool:
    return order.status == "cancelled"


INTENTS: Final = (
    LeftOut("open: no cancel", _allowing(_CANCEL, _is_open, OrderCancelled("")), CANCELLED),
    LeftOut("open: no delete", _allowing(DeleteOrder(), _is_open, OrderDeleted()), DELETED),
    LeftOut("open: no ship by hand", _allowing(_SHIP, _is_open, OrderShipped(by_hand=True)), SHIPPED),
    LeftOut("a refused capture is not called", calling_anyway(RequestPayment), CANCELLED),
    LeftOut("a refused shipment is not called", calling_anyway(RequestShipment), CANCELLED),
    LeftOut("payment: only while pending", _allowing(
        RequestPayment(), lambda order: order.is_with_customer and order.payment == "none", PaymentRequested(AMOUNT)
    ), SHIPPED),
    LeftOut("payment: requested, so call again", _refusing(RequestPayment, lambda order: order.payment == "requested")),
    LeftOut("payment: not after it was declined", _allowing(
        RequestPayment(), lambda order: order.is_pending and order.payment == "declined", PaymentRequested(AMOUNT))),
    LeftOut("shipment: only while pending", _allowing(
        RequestShipment(), lambda order: _is_cancelled(order) and _is_new(order), ShipmentRequested()), CANCELLED),
    LeftOut("shipment: requested, so call again", _refusing(RequestShipment, _is_open)),
    LeftOut("shipment: not after it was refused", _allowing(
        RequestShipment(), lambda order: order.is_pending and order.shipment == "refused", ShipmentRequested())),
)  # fmt: skip

WAIVING: Final = (
    LeftOut("shipped by hand: waived", _unsaid(PaymentWaived, MoveOrder), SHIPPED),
    LeftOut("shipped by hand: not when it may be paid", filtering(_always_waived), SHIPPED),
    LeftOut("declined with the customer: waived", _unsaid(PaymentWaived, Record), SHIPPED),
)  # fmt: skip

CARRIER: Final = (
    LeftOut("open: the carrier is believed", _refusing(ReportParcel, _is_open), CARRIED),
    LeftOut("open: a report says shipped first", _unsaid(OrderShipped, ReportParcel), CARRIED),
    LeftOut("lost is cancelled", evolving(ShipmentLost, status=None), CARRIED),
    LeftOut("returned is cancelled", evolving(OrderReturned, status=None), CARRIED),
)  # fmt: skip

# Each act moves forward only, and nobody who answers is turned away.
ANSWERS: Final = (
    LeftOut("held: not after it was released", _recording(StockHeld, lambda order: order.stock == "released")),
    LeftOut("held: not after it was refused", _recording(StockHeld, lambda order: order.stock == "refused"), TWO),
    LeftOut("stock refused: not after it was released", _recording(
        StockRefused, lambda order: order.stock == "released")),
    LeftOut("stock refused: not after it was held", _recording(StockRefused, lambda order: order.stock == "held")),
    LeftOut("released: once", _recording(StockReleased, lambda _: True)),
    LeftOut("released: also when refused", _ignoring(StockReleased, lambda order: order.stock == "refused")),
    LeftOut("released: also when nothing was held", _ignoring(StockReleased, lambda order: order.stock == "none")),
    LeftOut("captured: not after it was declined", _recording(
        PaymentCaptured, lambda order: order.payment == "declined")),
    LeftOut("captured: not after it was refunded", _recording(
        PaymentCaptured, lambda order: order.payment == "refunded")),
    LeftOut("declined: not after it was captured", _recording(
        PaymentDeclined, lambda order: order.payment == "captured")),
    LeftOut("declined: not after it was refunded", _recording(
        PaymentDeclined, lambda order: order.payment == "refunded")),
    LeftOut("refunded: also when only requested", _ignoring(
        PaymentRefunded, lambda order: order.payment == "requested")),
    LeftOut("refunded: once", _recording(PaymentRefunded, lambda order: order.payment == "refunded")),
    LeftOut("shipped: not after it was shipped", _recording(OrderShipped, lambda order: order.shipment == "done")),
    LeftOut("shipping refused: also when not requested", _ignoring(ShippingRefused, _is_new)),
    LeftOut("a cancelled order hears answers", _refusing(Record, _is_cancelled), CANCELLED),
    LeftOut("a deleted order hears answers", _refusing(Record, lambda order: order.status == "deleted"), DELETED),
    LeftOut("a shipped order hears answers", _refusing(Record, lambda order: order.status == "shipped"), SHIPPED),
)  # fmt: skip

LEFT_OUT: Final = (*INTENTS, *WAIVING, *CARRIER, *ANSWERS)

COVERED: Final = (
    Covered("open: no cancel by the saga", deciding(_cancelled_while_open),
            "a saga that ships closes its booking and cancels nothing", CANCELLED),
    Covered("payment: not once cancelled", _allowing(
        RequestPayment(), lambda order: _is_cancelled(order) and order.payment == "none", PaymentRequested(AMOUNT)
    ), "the event itself has it undone", CANCELLED),
    Covered("shipment: not before it is paid", _allowing(
        RequestShipment(), lambda order: order.is_pending and order.payment != "captured" and _is_new(order),
        ShipmentRequested()), "a saga asks for it only after PaymentCaptured"),
    Covered("shipped: not after it was refused", _recording(OrderShipped, lambda order: order.shipment == "refused"),
            "the carrier's book never says both"),
    Covered("shipping refused: not after it was shipped", _recording(
        ShippingRefused, lambda order: order.shipment == "done"), "the carrier's book never says both"),
)  # fmt: skip
