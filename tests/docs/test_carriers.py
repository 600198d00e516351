"""The page about carriers says what the code does: its message is one, and its table is the order's own."""

import re

import pytest

from gateways.scans import refused, scan
from orders.commands import ReportParcel
from orders.decider import order
from shared.kernel import Message, Refused
from tests.core.test_decide_table import (
    BOOKED,
    CANCELLED,
    DELETED,
    DELIVERED,
    LOST,
    PAID,
    PLACED,
    RETURNED,
    SHIPPED,
    Events,
)
from tests.docs.blocks import blocks
from tests.programs import ROOT

PAGE = ROOT / "docs" / "carriers.md"
GONE: Events = (PLACED, *PAID, BOOKED, SHIPPED)
PLACES: dict[str, tuple[Events, ...]] = {
    "has asked for a parcel and has no answer yet": ((PLACED, *PAID, BOOKED),),
    "shipped": (GONE,),
    "delivered": ((*GONE, DELIVERED),),
    "returned": ((*GONE, RETURNED), (*GONE, DELIVERED, RETURNED)),
    "lost": ((*GONE, LOST),),
    "pending, cancelled or deleted without a parcel": ((PLACED,), (PLACED, *PAID, CANCELLED), (PLACED, DELETED)),
    "never placed": ((),),
}
ROWS = re.findall(r"^\| (.+) \| (.+) \| (.+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
REPORTS = tuple(ReportParcel(kind) for kind in ("delivered", "lost", "returned"))
WORDS = {"shipped": "OrderShipped", "delivered": "OrderDelivered", "lost": "ShipmentLost", "returned": "OrderReturned"}


def answer(history: Events, report: ReportParcel) -> str:
    """In the words of the page."""
    try:
        news = order.decide(order.fold(history), report)
    except Refused as refusal:
        return refused(refusal).reason.replace("_", " ")
    named = {name: word for word, name in WORDS.items()}
    return " and ".join(named[type(event).__name__] for event in news) or "—"


def test_the_message_of_the_page_is_one() -> None:
    (message,) = [block.text for block in blocks(PAGE) if block.language == "json"]

    assert scan(message) == Message("ord_1", ReportParcel("delivered", "TRK1"), "carrier:delivered:e-1")


def test_the_page_has_every_place() -> None:
    assert [row[0] for row in ROWS if row[0] in PLACES] == list(PLACES)


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] in PLACES], ids=lambda row: row[0])
def test_each_cell_of_the_page_is_what_an_order_answers(row: tuple[str, ...]) -> None:
    place, *cells = row
    for history in PLACES[place]:
        assert [answer(history, report) for report in REPORTS] == cells
