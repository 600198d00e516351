"""What carriers say becomes commands; whatever an order was told and accepted, it accepts for ever."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.scans import refused, scan
from orders.commands import CancelOrder, DeleteOrder, MoveOrder, OrderCommand, Record, ReportParcel
from orders.decider import order
from orders.events import OrderDelivered, OrderReturned, OrderShipped, ShipmentLost
from orders.refusals import TransitionForbidden, UnknownOrder
from shared.kernel import Message, Poison, Refused, Unreadable
from tests.core.test_decide_table import NOT_SHIPPED, PLACED, PLACES, REFUNDED, RELEASED, SHIPPED, Events

WHOLE = {"orderId": "o1", "trackingId": "TRK1", "kind": "lost", "at": "2026-02-03T10:00:00Z", "eventId": "e1"}
REPORTS = tuple(ReportParcel(kind) for kind in ("delivered", "lost", "returned"))
HISTORIES = [history for places in PLACES.values() for history in places.values()]
OTHERS: tuple[OrderCommand, ...] = (
    MoveOrder("shipped"), MoveOrder("delivered"), MoveOrder("cancelled"), CancelOrder("timeout"), DeleteOrder(),
    Record(SHIPPED), Record(NOT_SHIPPED), Record(REFUNDED), Record(RELEASED),
)  # fmt: skip


def after(happened: Events, command: OrderCommand) -> Events | None:
    """None when it is refused."""
    try:
        return (*happened, *order.decide(order.fold((PLACED, *happened)), command))
    except Refused:
        return None


def test_a_whole_scan_is_a_command_named_by_the_carriers_own_event() -> None:
    assert scan(json.dumps(WHOLE)) == Message("o1", ReportParcel("lost", "TRK1"), "carrier:lost:e1")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"o1"', "null", "{}", '{"orderId": 7}', '{"orderId": ""}', '{"orderId": "a b"}']
)
def test_a_message_that_says_not_whose_it_is_has_no_lane(text: str) -> None:
    with pytest.raises(Poison) as poison:
        scan(text)

    assert poison.value.reason == "unreadable_message"


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "in transit"), ("at", "yesterday"), ("at", "2026-02-03T10:00:00"), ("eventId", ""), ("trackingId", None)],
)
def test_a_scan_that_cannot_be_understood_still_says_whose_it_is_and_never_what_was_in_it(
    name: str, value: object
) -> None:
    message = scan(json.dumps(WHOLE | {name: value}))

    assert message.stream == "o1"
    assert isinstance(message.command, Unreadable)
    assert name in message.command.detail
    assert not value or str(value) not in message.command.detail


@given(st.binary(max_size=50) | st.text(max_size=50).map(str.encode))
def test_no_bytes_end_in_anything_but_a_message_or_poison(body: bytes) -> None:
    reason = ""
    try:
        scan(body.decode(errors="replace"))
    except Poison as poison:
        reason = poison.reason

    assert reason in {"", "unreadable_message"}


def test_each_refusal_has_a_reason_of_its_own() -> None:
    assert refused(UnknownOrder("no such order")).reason == "unknown_order"
    assert refused(TransitionForbidden("not so")).reason == "contradiction"


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_a_scan_changes_nothing_but_where_the_parcel_is(history: Events) -> None:
    for report in REPORTS:
        happened = after(history, report) or history

        news = happened[len(history) :]

        assert {type(event) for event in news} <= {OrderShipped, OrderDelivered, ShipmentLost, OrderReturned}
        assert after(happened, report) in {happened, None}


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_a_scan_that_was_accepted_is_accepted_again_whatever_came_after_it(history: Events) -> None:
    for report, between, later in product(REPORTS, (*REPORTS, *OTHERS), (*REPORTS, *OTHERS)):
        if (happened := after(history, report)) is None:
            continue
        happened = after(happened, between) or happened
        happened = after(happened, later) or happened

        assert after(happened, report) == happened


@given(st.permutations([report for report in (REPORTS[0], REPORTS[2]) for _ in range(3)]), st.booleans())
def test_scans_out_of_order_leave_the_order_as_those_in_order_do(scans: list[ReportParcel], is_open: bool) -> None:
    start = PLACES["pending, open"]["open"] if is_open else PLACES["shipped"]["shipped by the carrier"]
    happened: Events = start
    for report in scans:
        told = after(happened, report)
        assert told is not None
        happened = told

    in_order = (*start, *((SHIPPED,) if is_open else ()), OrderDelivered(), OrderReturned())

    assert order.fold((PLACED, *happened)) == order.fold((PLACED, *in_order))
