"""Hold the goods first. What has left is consumed; what will never leave is released, whatever the hold answered."""

from datetime import timedelta

from orders.effects import ConsumeStock, HoldStock, ReleaseStock
from orders.events import StockHeld, StockRefused
from orders.order import Order
from shared.kernel import Ask, Step


def act(stream: str, order: Order) -> Ask:
    return Ask("hold_stock", effect=HoldStock(stream, order.lines))


def left(stream: str, order: Order, _: bool) -> Ask | None:  # noqa: FBT001 - the shape of every step's `left`
    if order.has_left:
        return Ask("consume_stock", effect=ConsumeStock(stream, order.lines))
    if order.stock == "released":
        return None
    # Also after "refused": other lines may be held, and a late hold has to find the door closed.
    return Ask("release_stock", effect=ReleaseStock(stream, order.lines))


hold_stock = Step[Order](
    "hold_stock",
    act=act,
    done_on=StockHeld,
    failed_on=StockRefused,
    within=timedelta(minutes=5),
    # What has left is consumed, held or not.
    may_be_skipped=True,
    left=left,
)
