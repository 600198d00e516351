"""Take the money once stock is held; hand it back when the order has ended without reaching the customer."""

from datetime import timedelta

from orders.commands import RequestPayment
from orders.effects import CapturePayment, ClosePayment, UndoPayment
from orders.events import PaymentCaptured, PaymentDeclined
from orders.order import Order
from shared.kernel import Ask, Step


def act(stream: str, order: Order) -> Ask:
    return Ask("capture_payment", before=RequestPayment(), effect=CapturePayment(stream, order.total))


def left(stream: str, order: Order, late: bool) -> Ask | None:  # noqa: FBT001 - the shape of every step's `left`
    if order.is_with_customer:
        # It was shipped by hand while the provider was asked: go on asking, but not for ever.
        close = Ask("close_payment", effect=ClosePayment(stream))
        return (close if late else act(stream, order)) if order.payment == "requested" else None
    return Ask("undo_payment", effect=UndoPayment(stream)) if order.may_be_paid else None


take_payment = Step[Order](
    "take_payment", act=act, done_on=PaymentCaptured, failed_on=PaymentDeclined, within=timedelta(minutes=15), left=left
)
