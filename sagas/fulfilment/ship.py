"""Ship what is held and paid. A parcel cannot be called back, so a shipment is closed and never undone."""

from datetime import timedelta

from orders.commands import RequestShipment
from orders.effects import BookShipment, CloseShipment
from orders.events import OrderShipped, ShippingRefused
from orders.order import Order
from shared.kernel import Ask, Step


def act(stream: str, order: Order) -> Ask:
    return Ask("book_shipment", before=RequestShipment(), effect=BookShipment(stream, order.lines))


def close(stream: str, _: Order) -> Ask:
    return Ask("close_shipment", effect=CloseShipment(stream))


ship = Step[Order](
    "ship", act=act, done_on=OrderShipped, failed_on=ShippingRefused, within=timedelta(hours=1), close=close
)
