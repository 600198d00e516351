"""A page of events from its JSON text to values, next to msgspec's decoder, which builds its own structs only."""

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median
from typing import Any, Final

import msgspec
import orjson

from benchmarks import order_pages
from benchmarks.claims import Aim, Claim, Ratio, Stretch, alternating, median_ratio
from orders.events import ORDER_EVENTS
from orders.versions import ORDER_VERSIONS
from shared.pipeline import EventCodec
from shared.pipeline.batch import changes

ORDERS: Final = 20
PAGE: Final = 100
TIMES: Final = 20
ROUNDS: Final = 31


class Money(msgspec.Struct, frozen=True, rename="camel"):
    minor: int
    currency: str


class Line(msgspec.Struct, frozen=True, rename="camel"):
    product_id: str
    product_name: str
    quantity: int
    unit_price: Money


class Placed(msgspec.Struct, frozen=True, rename="camel"):
    lines: tuple[Line, ...]
    total: Money
    fingerprint: str = ""


class Amount(msgspec.Struct, frozen=True, rename="camel"):
    amount: Money


class Shipped(msgspec.Struct, frozen=True, rename="camel"):
    by_hand: bool
    tracking_id: str = ""


class Nothing(msgspec.Struct, frozen=True, rename="camel"):
    pass


class Envelope(msgspec.Struct, frozen=True, rename="camel", tag_field="type"):
    order_id: str
    customer_id: str
    sequence: int
    schema_version: int
    at: datetime
    causation_id: str
    correlation_id: str
    traceparent: str


class OrderPlaced(Envelope, frozen=True, tag=True):
    data: Placed


class PaymentCaptured(Envelope, frozen=True, tag=True):
    data: Amount


class ShipmentRequested(Envelope, frozen=True, tag=True):
    data: Nothing


class OrderShipped(Envelope, frozen=True, tag=True):
    data: Shipped


class OrderDelivered(Envelope, frozen=True, tag=True):
    data: Nothing


type Event = OrderPlaced | PaymentCaptured | ShipmentRequested | OrderShipped | OrderDelivered
FLOOR: Final = msgspec.json.Decoder(list[Event])
CODEC: Final[EventCodec[Any]] = EventCodec(*ORDER_EVENTS, versions=ORDER_VERSIONS)


def ours(text: str) -> Sequence[object]:
    return [CODEC.decode(item) for item in changes(text)]


def spent(decode: Callable[[str], Sequence[object]], text: str) -> float:
    """CPU seconds of an event."""
    with Stretch() as stretch:
        for _ in range(TIMES):
            decode(text)
    return stretch.cpu / TIMES / PAGE


def measure() -> Ratio:
    (text,) = order_pages.pages("decode", orders=ORDERS, size=PAGE)
    assert len(ours(text)) == len(FLOOR.decode(text)) == PAGE
    pairs = alternating(ROUNDS, lambda: spent(ours, text), lambda: spent(FLOOR.decode, text))
    items = 1e6 * median(spent(orjson.loads, text) for _ in range(ROUNDS))
    mine, least = (1e6 * median(side) for side in zip(*pairs, strict=True))
    size = len(text) / PAGE
    detail = f"{mine:.1f} us an event of {size:.0f} bytes, msgspec {least:.1f}; {items:.1f} only for orjson's dicts"
    return Ratio(median_ratio(pairs), 6.5, detail)


DECODE: Final = Claim(
    "decode",
    f"a page of {PAGE} events from its JSON to values: at most 6.5 times msgspec's own structs",
    measure,
    Aim(
        1.3,
        "In units of the floor: the JSON becomes dicts first, because an item has to stay at hand as it came, to be "
        "parked or watched, and that alone is 1.5; the bodies as frozen dataclasses by pydantic's core 1.8, the other "
        "fields of an event by the same 1.4, its moment 0.5, finding its type and version 0.4. msgspec gives a "
        "dataclass no other names than its fields', so the domain would have to be made of its structs.",
    ),
)
