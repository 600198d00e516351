"""The table of docs/fulfilment.md, cell by cell: what an order answers to each command at each place of its life."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product as combined
from typing import Any, Final

import pytest

from orders.commands import (
    CancelOrder,
    DeleteOrder,
    ForgetCustomer,
    MoveOrder,
    OrderCommand,
    Record,
    ReportParcel,
    RequestPayment,
    RequestShipment,
)
from orders.decider import order
from orders.events import (
    Answer,
    CustomerForgotten,
    OrderCancelled,
    OrderDeleted,
    OrderDelivered,
    OrderEvent,
    OrderPlaced,
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
from orders.refusals import OrderNotPending, ShipmentUnderWay, TransitionForbidden, UnknownOrder
from shared.kernel import Refused
from tests.orders import a_line, usd

type Events = tuple[OrderEvent, ...]
type Said = Events | type[Refused]

PLACED = OrderPlaced((a_line(minor=250, quantity=2),), usd(500))
HELD, OUT, RELEASED = StockHeld(), StockRefused("tea"), StockReleased()
ASKED, CAPTURED, REFUNDED = PaymentRequested(usd(500)), PaymentCaptured(usd(500)), PaymentRefunded(usd(500))
DECLINED, WAIVED = PaymentDeclined("declined"), PaymentWaived()
BOOKED, SHIPPED, NOT_SHIPPED = ShipmentRequested(), OrderShipped(by_hand=False), ShippingRefused("not taken")
BY_HAND, DELIVERED, LOST, RETURNED = OrderShipped(by_hand=True), OrderDelivered(), ShipmentLost(), OrderReturned()
CANCELLED, DELETED, FORGOTTEN = OrderCancelled("asked for"), OrderDeleted(), CustomerForgotten()
PAID: Events = (HELD, ASKED, CAPTURED)

# Each column of the table, and the places within it that a cell may tell apart.
PLACES: Final[Mapping[str, Mapping[str, Events]]] = {
    "pending": {
        "new": (),
        "held": (HELD,),
        "payment requested": (HELD, ASKED),
        "captured": PAID,
        "declined": (HELD, ASKED, DECLINED),
        "not shippable": (*PAID, NOT_SHIPPED),
    },
    "pending, open": {"open": (*PAID, BOOKED)},
    "shipped": {
        "shipped by hand": (BY_HAND, WAIVED),
        "shipped, payment requested": (HELD, ASKED, BY_HAND),
        "shipped, captured": (*PAID, BY_HAND),
        "shipped by the carrier": (*PAID, BOOKED, SHIPPED),
    },
    "delivered": {
        "delivered by hand": (BY_HAND, WAIVED, DELIVERED),
        "delivered, payment requested": (HELD, ASKED, BY_HAND, DELIVERED),
        "delivered by the carrier": (*PAID, BOOKED, SHIPPED, DELIVERED),
    },
    "cancelled": {
        "cancelled": (CANCELLED,),
        "cancelled and forgotten": (CANCELLED, FORGOTTEN),
        "cancelled, payment requested": (HELD, ASKED, CANCELLED),
        "cancelled, captured": (*PAID, CANCELLED),
        "lost": (*PAID, BOOKED, SHIPPED, LOST),
        "returned": (*PAID, BOOKED, SHIPPED, DELIVERED, RETURNED),
    },
    "deleted": {
        "deleted": (DELETED,),
        "deleted, payment requested": (HELD, ASKED, DELETED),
        "deleted and forgotten": (DELETED, FORGOTTEN),
    },
}

# What is said in a column; a place of its own says otherwise.
NO, GONE = TransitionForbidden, UnknownOrder
TABLE: Final[Mapping[OrderCommand, Mapping[str, Said]]] = {
    MoveOrder("cancelled"): {
        "pending": (CANCELLED,), "pending, open": ShipmentUnderWay,
        "shipped": NO, "delivered": NO, "cancelled": (), "deleted": GONE,
    },
    CancelOrder("asked for"): {
        "pending": (CANCELLED,), "pending, open": ShipmentUnderWay,
        "shipped": NO, "delivered": NO, "cancelled": (), "deleted": NO,
    },
    DeleteOrder(): {
        "pending": (DELETED,), "pending, open": ShipmentUnderWay,
        "shipped": OrderNotPending, "delivered": OrderNotPending, "cancelled": OrderNotPending, "deleted": GONE,
    },
    MoveOrder("shipped"): {
        "pending": (BY_HAND, WAIVED), "payment requested": (BY_HAND,), "captured": (BY_HAND,),
        "not shippable": (BY_HAND,), "pending, open": ShipmentUnderWay,
        "shipped": (), "delivered": NO, "cancelled": NO, "deleted": GONE,
    },
    MoveOrder("delivered"): {
        "pending": NO, "pending, open": NO,
        "shipped": (DELIVERED,), "delivered": (), "cancelled": NO, "deleted": GONE,
    },
    RequestPayment(): {
        "pending": NO, "new": (ASKED,), "held": (ASKED,), "payment requested": (), "pending, open": NO,
        "shipped": NO, "shipped, payment requested": (), "delivered": NO, "delivered, payment requested": (),
        "cancelled": NO, "deleted": NO,
    },
    RequestShipment(): {
        "pending": NO, "captured": (BOOKED,), "pending, open": (),
        "shipped": NO, "delivered": NO, "cancelled": NO, "deleted": NO,
    },
    ReportParcel("delivered"): {
        "pending": NO, "pending, open": (SHIPPED, DELIVERED),
        "shipped": (DELIVERED,), "delivered": (), "cancelled": NO, "returned": (), "deleted": NO,
    },
    ReportParcel("lost"): {
        "pending": NO, "pending, open": (SHIPPED, LOST),
        "shipped": (LOST,), "delivered": NO, "cancelled": NO, "lost": (), "deleted": NO,
    },
    ReportParcel("returned"): {
        "pending": NO, "pending, open": (SHIPPED, RETURNED),
        "shipped": (RETURNED,), "delivered": (RETURNED,), "cancelled": NO, "returned": (), "deleted": NO,
    },
    Record(SHIPPED): {
        "pending": (), "pending, open": (SHIPPED,), "shipped": (), "delivered": (), "cancelled": (), "deleted": (),
    },
    Record(NOT_SHIPPED): {
        "pending": (NOT_SHIPPED,), "not shippable": (), "pending, open": (NOT_SHIPPED,),
        "shipped": (), "delivered": (), "cancelled": (), "deleted": (),
    },
    ForgetCustomer(): {
        "pending": NO, "pending, open": NO,
        "shipped": (FORGOTTEN,), "shipped, payment requested": NO,
        "delivered": (FORGOTTEN,), "delivered, payment requested": NO,
        "cancelled": (FORGOTTEN,), "cancelled and forgotten": (),
        "deleted": (FORGOTTEN,), "deleted and forgotten": (),
    },
}  # fmt: skip
CELLS = [
    pytest.param(command, history, said.get(place, said[column]), id=f"{command} - {place}")
    for command, said in TABLE.items()
    for column, places in PLACES.items()
    for place, history in places.items()
]

# Stock and payment answers are news by what was answered before, in any status.
STOCK_NEWS: Final[Mapping[str, Events]] = {
    "none": (HELD, OUT, RELEASED), "held": (RELEASED,), "refused": (RELEASED,), "released": (),
}  # fmt: skip
PAYMENT_NEWS: Final[Mapping[str, Events]] = {
    "none": (), "requested": (CAPTURED, DECLINED, REFUNDED), "captured": (REFUNDED,), "declined": (), "refunded": (),
}  # fmt: skip
STATUSES: Final = ("pending", "shipped", "delivered", "cancelled", "deleted")


def _at(**parts: Any) -> Order:  # noqa: ANN401 - fields of an order, one of each of their values
    return replace(Order("pending", PLACED.lines, PLACED.total), **parts)


@pytest.mark.parametrize(("command", "history", "said"), CELLS)
def test_each_cell_of_the_table(command: OrderCommand, history: Events, said: Said) -> None:
    state = order.fold((PLACED, *history))

    if isinstance(said, tuple):
        assert order.decide(state, command) == said
    else:
        with pytest.raises(said):
            order.decide(state, command)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("answer", [HELD, OUT, RELEASED], ids=str)
@pytest.mark.parametrize("stock", STOCK_NEWS)
def test_a_stock_answer_only_moves_forward_in_any_status(stock: str, answer: Answer, status: str) -> None:
    state = _at(status=status, stock=stock)

    assert order.decide(state, Record(answer)) == ((answer,) if answer in STOCK_NEWS[stock] else ())


@pytest.mark.parametrize("is_waived", [False, True])
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("answer", [CAPTURED, DECLINED, REFUNDED], ids=lambda answer: type(answer).__name__)
@pytest.mark.parametrize("payment", PAYMENT_NEWS)
def test_a_payment_answer_only_moves_forward_in_any_status(
    payment: str, answer: Answer, status: str, is_waived: bool
) -> None:
    state = _at(status=status, payment=payment, is_waived=is_waived)
    keeps_goods_unpaid = status in {"shipped", "delivered"} and answer != CAPTURED
    waived = (WAIVED,) if keeps_goods_unpaid and not is_waived else ()

    said = order.decide(state, Record(answer))

    assert said == ((answer, *waived) if answer in PAYMENT_NEWS[payment] else ())


@pytest.mark.parametrize("answer", [HELD, OUT, RELEASED, CAPTURED, DECLINED, REFUNDED, SHIPPED, NOT_SHIPPED], ids=str)
def test_an_answer_is_never_refused_and_told_once(answer: Answer) -> None:
    shipments = ("none", "requested", "done", "refused")
    for status, stock, payment, shipment in combined(STATUSES, STOCK_NEWS, PAYMENT_NEWS, shipments):
        state = _at(status=status, stock=stock, payment=payment, shipment=shipment)
        news = order.decide(state, Record(answer))
        for event in news:
            state = order.evolve(state, event) or state

        assert order.decide(state, Record(answer)) == ()


def test_the_table_has_every_command_but_placing_and_every_column() -> None:
    named = {type(command) for command in TABLE}

    asked = {MoveOrder, CancelOrder, DeleteOrder, RequestPayment, RequestShipment, ReportParcel, Record}
    assert named == {*asked, ForgetCustomer}
    assert all(set(PLACES) <= set(said) for said in TABLE.values())
