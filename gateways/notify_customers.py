"""Tells customers what has become of their order. A side effect of events is this much: what to do on which of them.

Events come at least once, so a notice is named after its event, and a second one of a name is dropped on its way.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from orders.events import Line, OrderPlaced, OrderShipped
from shared.kernel import Money, Recorded

NAME: Final = "notify_customers"
# Other events are not even looked at.
TOLD: Final = (OrderPlaced.__name__, OrderShipped.__name__)
# Whoever turns this on late, or reads the feed anew, must not tell people of orders they have long had.
NEWS_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Notice:
    """`name` is the same whenever the same thing is told: letters, digits, `_:.-`."""

    name: str
    to: str
    subject: str
    text: str


class Notifier(Protocol):
    async def notify(self, notice: Notice) -> None:
        """Returns once it is handed over. Raises Poison `undeliverable` when it never can be, or Transient."""
        ...


@dataclass(frozen=True, slots=True)
class NotifyCustomers:
    """`address` finds where to write to for an order. Without one nobody asked to be told."""

    notifier: Notifier
    address: Callable[[str], Awaitable[str | None]]
    now: Callable[[], datetime]

    async def hand_on(self, event: Recorded[Any]) -> None:
        told = _told(event)
        if told is None or self.now() - event.at > NEWS_FOR:
            return
        if to := await self.address(event.stream):
            subject, text = told
            await self.notifier.notify(Notice(f"{event.stream}-{event.sequence:06d}", to, subject, text))


def _told(event: Recorded[Any]) -> tuple[str, str] | None:
    match event.body:
        case OrderPlaced(lines=lines, total=total):
            listed = "\n".join(_line(line) for line in lines)
            text = f"Thank you. You ordered\n\n{listed}\n\nTotal {_money(total)}\n"
            return f"We have your order {event.stream}", text
        case OrderShipped(tracking_id=tracking_id):
            follow = f" Its tracking number is {tracking_id}." if tracking_id else ""
            return f"Your order {event.stream} is on its way", f"Your parcel has left.{follow}\n"
        case _:
            return None


def _line(line: Line) -> str:
    return f"{line.quantity} x {line.product_name}, {_money(line.unit_price.times(line.quantity))}"


def _money(amount: Money) -> str:
    return f"{amount.minor // 100}.{amount.minor % 100:02d} {amount.currency}"
