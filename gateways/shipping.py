"""A carrier for the sandbox: it keeps a book of its own, and an order's products say how it behaves.

It takes every parcel, but none with a product whose id begins with `unshippable`; of one with a product whose id begins
with `lostlabel` it makes the parcel and never answers the booking. Closing is always answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from gateways.acts import ActVerb
from gateways.book import Book, Entry
from orders.events import Line, OrderShipped, ShippingRefused
from shared.kernel import Transient
from shared.ports import BucketStore

SHIPMENTS: Final = "shipments"
UNSHIPPABLE: Final = "unshippable"
LOST_LABEL: Final = "lostlabel"

_ASKS: Final[Mapping[ActVerb, str]] = {"act": "book_shipment", "close": "close_shipment"}


@dataclass(frozen=True, slots=True)
class SandboxCarrier:
    """The simulated `Carrier`."""

    store: BucketStore

    async def book(self, order_id: str, lines: Sequence[Line]) -> OrderShipped | ShippingRefused:
        accepts = not _any(lines, UNSHIPPABLE)
        facts = {"trackingId": tracking_id(order_id)}
        entry = await shipment_book(self.store).settle(order_id, "act", accepts=accepts, facts=facts)
        if _any(lines, LOST_LABEL):
            raise Transient(f"{SHIPMENTS}: no answer for order {order_id}")
        return _answer(entry)

    async def close(self, order_id: str) -> OrderShipped | ShippingRefused:
        return _answer(await shipment_book(self.store).settle(order_id, "close"))


def shipment_book(store: BucketStore) -> Book:
    return Book(SHIPMENTS, "Shipment", store, _ASKS)


def tracking_id(order_id: str) -> str:
    """The same for the same order, whenever it is booked."""
    return f"TRK{sha256(order_id.encode()).hexdigest()[:12].upper()}"


def _answer(entry: Entry) -> OrderShipped | ShippingRefused:
    match entry.state:
        case "done":
            return OrderShipped(by_hand=False, tracking_id=str(entry.facts["trackingId"]))
        case "voided":
            return ShippingRefused("closed before there was a parcel")
        case "refused" | "undone":
            return ShippingRefused("the carrier does not take it")


def _any(lines: Sequence[Line], prefix: str) -> bool:
    return any(line.product_id.startswith(prefix) for line in lines)
