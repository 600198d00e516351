"""Fulfilment: hold stock, take payment, ship. It ends with a shipped order, or with everything undone."""

from datetime import timedelta

from orders.commands import CancelOrder
from orders.events import OrderEvent, OrderPlaced
from orders.order import Order, evolve
from sagas.fulfilment.hold_stock import hold_stock
from sagas.fulfilment.ship import ship
from sagas.fulfilment.take_payment import take_payment
from shared.kernel import Ask, Saga


def cancel(_: str, order: Order) -> Ask:
    match order:
        case Order(stock="refused"):
            reason = "out of stock"
        case Order(payment="declined"):
            reason = "payment declined"
        case Order(shipment="refused"):
            reason = "not shippable"
        case _:
            reason = "not fulfilled in time"
    return Ask("cancel_order", before=CancelOrder(reason))


fulfilment = Saga[Order, OrderEvent](
    "fulfilment",
    version=1,
    opens_on=OrderPlaced,
    evolve=evolve,
    stands=lambda order: order.is_pending,
    steps=(hold_stock, take_payment, ship),
    give_up=cancel,
    settle_within=timedelta(minutes=15),
)
