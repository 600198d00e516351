"""One order: how it changes with what happened, and what it answers to a command."""

from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from orders.commands import DeleteOrder, MoveOrder, OrderCommand, PlaceOrder, Status
from orders.events import (
    Line,
    OrderCancelled,
    OrderDeleted,
    OrderDelivered,
    OrderEvent,
    OrderPlaced,
    OrderShipped,
)
from orders.refusals import KeyReused, OrderNotPending, TransitionForbidden, UnknownOrder
from shared.kernel import Decider, Money


@dataclass(frozen=True, slots=True)
class Order:
    """An order that was placed. A deleted one is still here: its id stays closed."""

    status: Status | Literal["deleted"]
    lines: tuple[Line, ...]
    total: Money
    fingerprint: str


def evolve(order: Order | None, event: OrderEvent) -> Order | None:
    match event:
        case OrderPlaced(lines=lines, total=total, fingerprint=fingerprint):
            return Order("pending", lines, total, fingerprint)
        case OrderShipped():
            return replace(_placed(order), status="shipped")
        case OrderDelivered():
            return replace(_placed(order), status="delivered")
        case OrderCancelled():
            return replace(_placed(order), status="cancelled")
        case OrderDeleted():
            return replace(_placed(order), status="deleted")


def decide(order: Order | None, command: OrderCommand) -> tuple[OrderEvent, ...]:
    match command:
        case PlaceOrder():
            return _place(order, command)
        case MoveOrder(to=to):
            return _move(_existing(order), to)
        case DeleteOrder():
            return _delete(_existing(order))


def _place(order: Order | None, command: PlaceOrder) -> tuple[OrderEvent, ...]:
    if order is None:
        total = reduce(Money.__add__, (line.unit_price.times(line.quantity) for line in command.lines))
        return (OrderPlaced(command.lines, total, command.fingerprint),)
    if order.fingerprint != command.fingerprint:
        raise KeyReused("this Idempotency-Key was used for another order; use a new key")
    return ()


def _move(order: Order, to: Status) -> tuple[OrderEvent, ...]:
    match order.status, to:
        case status, wanted if status == wanted:
            return ()
        case "pending", "shipped":
            return (OrderShipped(by_hand=True),)
        case "shipped", "delivered":
            return (OrderDelivered(),)
        case "pending", "cancelled":
            return (OrderCancelled(reason="asked for"),)
        case status, wanted:
            raise TransitionForbidden(f"a {status} order cannot become {wanted}")


def _delete(order: Order) -> tuple[OrderEvent, ...]:
    if order.status != "pending":
        raise OrderNotPending(f"a {order.status} order cannot be deleted; only a pending one can")
    return (OrderDeleted(),)


def _existing(order: Order | None) -> Order:
    if order is None or order.status == "deleted":
        raise UnknownOrder("no such order")
    return order


def _placed(order: Order | None) -> Order:
    if order is None:
        raise ValueError("the stream does not begin with OrderPlaced")
    return order


order = Decider(initial=None, evolve=evolve, decide=decide)
