"""What an order answers to a command. The whole table stands in docs/fulfilment.md and is enumerated by its test."""

from functools import reduce

from orders.commands import (
    CancelOrder,
    DeleteOrder,
    ForgetCustomer,
    MoveOrder,
    OrderCommand,
    PlaceOrder,
    Record,
    ReportParcel,
    RequestPayment,
    RequestShipment,
)
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
    Status,
    StockHeld,
    StockRefused,
    StockReleased,
)
from orders.order import Order, evolve
from orders.refusals import (
    KeyReused,
    OrderNotPending,
    ShipmentUnderWay,
    TransitionForbidden,
    UnknownOrder,
)
from shared.kernel import Decider, Money


def decide(order: Order | None, command: OrderCommand) -> tuple[OrderEvent, ...]:  # noqa: PLR0911 - a case each
    match command:
        case PlaceOrder():
            return _place(order, command)
        case MoveOrder(to=to):
            return _move(_existing(order), to)
        case DeleteOrder():
            return _delete(_existing(order))
        case CancelOrder(reason=reason):
            return _cancel(_placed(order), reason)
        case RequestPayment():
            return _request_payment(_placed(order))
        case RequestShipment():
            return _request_shipment(_placed(order))
        case Record(answer=answer):
            return _record(_placed(order), answer)
        case ReportParcel():
            return _report(_placed(order), command)
        case ForgetCustomer():
            return _forget(_placed(order))


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
            _undecided(order)
            # Nobody will ask for the money of what has left, unless somebody did already.
            return (OrderShipped(by_hand=True), *(() if order.may_be_paid else (PaymentWaived(),)))
        case "shipped", "delivered":
            return (OrderDelivered(),)
        case "pending", "cancelled":
            return _cancel(order, "asked for")
        case status, wanted:
            raise TransitionForbidden(f"a {status} order cannot become {wanted}")


def _cancel(order: Order, reason: str) -> tuple[OrderEvent, ...]:
    if order.status == "cancelled":
        return ()
    if not order.is_pending:
        raise TransitionForbidden(f"a {order.status} order cannot become cancelled")
    _undecided(order)
    return (OrderCancelled(reason),)


def _delete(order: Order) -> tuple[OrderEvent, ...]:
    if not order.is_pending:
        raise OrderNotPending(f"a {order.status} order cannot be deleted; only a pending one can")
    _undecided(order)
    return (OrderDeleted(),)


def _undecided(order: Order) -> None:
    """Raises ShipmentUnderWay while a parcel may exist or not: whatever was decided now could be wrong."""
    if order.shipment == "requested":
        raise ShipmentUnderWay("the carrier was asked for a parcel and has not answered yet")


def _request_payment(order: Order) -> tuple[OrderEvent, ...]:
    if order.payment == "none" and order.is_pending:
        return (PaymentRequested(order.total),)
    if order.payment == "requested" and (order.is_pending or order.is_with_customer):
        return ()
    raise TransitionForbidden(f"a {order.status} order whose payment is {order.payment} is not to be paid")


def _request_shipment(order: Order) -> tuple[OrderEvent, ...]:
    if order.shipment == "requested":
        return ()
    if order.is_pending and order.payment == "captured" and order.shipment == "none":
        return (ShipmentRequested(),)
    raise TransitionForbidden(f"a {order.status} order whose shipment is {order.shipment} is not to be shipped")


def _record(order: Order, answer: Answer) -> tuple[OrderEvent, ...]:
    """Each act only moves forward: none, requested, done or refused, undone."""
    return (answer, *_waived(order, answer)) if _is_news(order, answer) else ()


def _is_news(order: Order, answer: Answer) -> bool:
    match answer:
        case StockHeld() | StockRefused():
            return order.stock == "none"
        case StockReleased():
            return order.stock != "released"
        case PaymentCaptured() | PaymentDeclined():
            return order.payment == "requested"
        case PaymentRefunded():
            return order.may_be_paid
        case OrderShipped():
            return order.shipment == "requested"
        case ShippingRefused():
            return order.shipment == "requested" or (order.shipment == "none" and order.is_pending)


def _waived(order: Order, answer: Answer) -> tuple[OrderEvent, ...]:
    """Who keeps goods that will not be paid was let off."""
    is_unpaid = isinstance(answer, PaymentDeclined | PaymentRefunded)
    return (PaymentWaived(),) if is_unpaid and order.is_with_customer and not order.is_waived else ()


def _report(order: Order, report: ReportParcel) -> tuple[OrderEvent, ...]:
    # Once heard, never refused: a carrier scans twice, and a message comes again after those that followed it.
    if report.kind == order.parcel or (report.kind, order.parcel) == ("delivered", "returned"):
        return ()
    # Who carries a parcel has taken it: the shipment was done, whether its answer has come or not.
    is_open = order.shipment == "requested"
    before = (OrderShipped(by_hand=False, tracking_id=report.tracking_id),) if is_open else ()
    match "shipped" if before else order.status, report.kind:
        case "shipped", "delivered":
            return (*before, OrderDelivered())
        case "shipped", "lost":
            return (*before, ShipmentLost())
        case "shipped" | "delivered", "returned":
            return (*before, OrderReturned())
        case status, reported:
            raise TransitionForbidden(f"the parcel of a {status} order cannot be {reported}")


def _forget(order: Order) -> tuple[OrderEvent, ...]:
    if order.is_forgotten:
        return ()
    # Who keeps the goods while the provider is still asked pays with what only they know.
    is_paying = order.is_with_customer and order.payment == "requested"
    if order.is_pending or is_paying:
        raise TransitionForbidden(f"a {order.status} order whose payment is {order.payment} still needs its customer")
    return (CustomerForgotten(),)


def _existing(order: Order | None) -> Order:
    if order is None or order.status == "deleted":
        raise UnknownOrder("no such order")
    return order


def _placed(order: Order | None) -> Order:
    """Deleted or not: what goes on in the outside world does not stop at our tombstone."""
    if order is None:
        raise UnknownOrder("no such order")
    return order


order = Decider(initial=None, evolve=evolve, decide=decide)
