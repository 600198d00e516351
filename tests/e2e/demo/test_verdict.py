"""The demo's check notices whatever goes wrong between a request and the view."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo.pictures import Pictures
from local.demo.recompute import expected_rows, streams
from local.demo.rows import BadRow, cents, from_item
from local.demo.verdict import Verdict, judge
from tests.e2e.demo.right import (
    AT,
    UNHEARD,
    A,
    B,
    C,
    D,
    all_right,
    entry,
    event,
    hold,
    message,
    other_than_causes,
    placed,
    stored,
    with_more,
    with_other,
    with_promise,
    without,
)


def test_pictures_that_agree_are_right() -> None:
    verdict = judge(all_right())

    assert verdict == Verdict(
        orders=4,
        events=9,
        rows=3,
        shipped=2,
        cancelled=1,
        deleted=1,
        out_of_stock=0,
        published=9,
        view_mismatches=0,
        lost=0,
        duplicated=0,
        parked=0,
        tally_difference_minor=0,
        unfinished=0,
        money_difference_minor=0,
        stock_difference=0,
        parcel_difference=0,
        publish_order_violations=0,
        without_cause=0,
    )
    assert verdict.is_right


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (without("stored", 0), {"view_mismatches": 1, "lost": 1}),
        (without("answered", 0), {"view_mismatches": 1}),
        (without("board_answered", 0), {"view_mismatches": 1}),
        (with_other("stored", 0, totalMinor=701), {"view_mismatches": 1}),
        (with_other("stored", 0, total=7.01, totalMinor=701), {"view_mismatches": 1}),
        (with_other("answered", 1, status="pending"), {"view_mismatches": 1}),
        (with_other("answered", 0, total="many"), {"view_mismatches": 1}),
        (with_other("answered", 0, customerId="bob"), {"view_mismatches": 1}),
        (with_other("board_answered", 0, customerId="bob"), {"view_mismatches": 1}),
        (with_more("stored", stored("c", "pending")), {"view_mismatches": 1}),
        (with_more("stored", stored("a", "shipped")), {"duplicated": 1}),
        (with_more("answered", stored("b", "shipped")), {"duplicated": 1}),
        (with_more("board_answered", stored("b", "shipped")), {"duplicated": 1}),
        (with_other("board", 0, status="lost"), {"view_mismatches": 1}),
        (without("board", 1), {"view_mismatches": 1}),
        (with_other("totals", 0, amounts={"totalMinor": 701}), {"tally_difference_minor": 1}),
        (without("totals", 2), {"tally_difference_minor": 1400}),
        (with_more("poison", {"id": "head", "state": "open"}), {"parked": 1}),
        (with_more("poison", {"id": "head", "type": "RawPoison"}), {"parked": 1}),
    ],
)
def test_whatever_is_broken_in_a_view_is_counted_under_its_name(
    broken: Callable[[Pictures], Pictures], found: dict[str, int]
) -> None:
    assert other_than_causes(broken(all_right())) == found
    assert not judge(broken(all_right())).is_right


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (with_promise("a", "cancelled"), {"lost": 1}),
        (with_promise("a", "delivered"), {"lost": 1}),
        (with_promise("a", "deleted"), {"lost": 1}),
        (with_promise("c", "pending"), {"lost": 1}),
        (with_promise("d", "shipped"), {"lost": 1}),
        (with_promise("e", "pending"), {"lost": 1}),
        (lambda right: replace(right, promises={}), {"duplicated": 4}),
        (with_other("sagas", 0, dueAt=AT), {"unfinished": 1}),
    ],
)
def test_whatever_was_acknowledged_has_to_be_so_in_the_end(
    broken: Callable[[Pictures], Pictures], found: dict[str, int]
) -> None:
    assert other_than_causes(broken(all_right())) == found


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (with_more("events", event("a", 3, "PaymentWaived")), {"money_difference_minor": 700} | UNHEARD),
        (with_more("events", event("a", 3, "OrderShipped", byHand=False)), {"duplicated": 1} | UNHEARD),
        (with_more("events", event("a", 4, "PaymentCaptured")), {"lost": 1} | UNHEARD),
        (with_more("events", event("b", 3, "OrderDelivered")), {"lost": 1, "view_mismatches": 1} | UNHEARD),
        (
            with_more("events", placed("e")),
            {"duplicated": 1, "view_mismatches": 1, "tally_difference_minor": 1400, "unfinished": 1} | UNHEARD,
        ),
    ],
)
def test_an_event_too_many_or_too_few_is_seen(broken: Callable[[Pictures], Pictures], found: dict[str, int]) -> None:
    assert other_than_causes(broken(all_right())) == found


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (without("payments", 0), {"money_difference_minor": 700}),
        (with_other("payments", 0, state="undone"), {"money_difference_minor": 700}),
        (with_other("payments", 0, facts={"minor": 701}), {"money_difference_minor": 1}),
        (with_more("payments", entry("b", "done", minor=700)), {"money_difference_minor": 700}),
        (with_other("payments", 2, state="done"), {"money_difference_minor": 700}),
        (with_more("payments", entry("nobody", "done", minor=5)), {"money_difference_minor": 5}),
        (without("shipments", 0), {"parcel_difference": 1}),
        (with_other("shipments", 1, state="done"), {"parcel_difference": 1}),
        (with_more("shipments", entry("b", "done")), {"parcel_difference": 1}),
        (with_more("shipments", entry("a", "done")), {"parcel_difference": 1}),
        (with_other("stock", 0, available=4), {"stock_difference": 1}),
        (with_other("stock", 0, available=4, received=6), {"stock_difference": 1}),
        (without("stock", 1), {"stock_difference": 4}),
        (with_other("stock", 1, state="held"), {"stock_difference": 2}),
        (with_other("stock", 1, state="short"), {"stock_difference": 2}),
        (with_more("stock", hold("d", "held")), {"stock_difference": 4}),
        (with_more("stock", hold("b", "short")), {"stock_difference": 2}),
        (with_more("stock", hold("nobody", "voided")), {"stock_difference": 2}),
    ],
)
def test_books_that_disagree_with_the_events_are_seen(
    broken: Callable[[Pictures], Pictures], found: dict[str, int]
) -> None:
    assert other_than_causes(broken(all_right())) == found


@pytest.mark.parametrize(
    "heard",
    [
        {"0": [*A, *B], "1": C},
        {"0": [*A, *B], "1": [*C, *D, message(placed("e"))]},
        {"0": [A[1], A[0], *B], "1": [*C, *D]},
        {"0": [*A, B[0], B[2], B[1]], "1": [*C, *D]},
        {"0": [*A, B[0], B[2]], "1": [*C, *D]},
        {"0": [*A[:1], *B], "1": [*C, *D, *A[1:]]},
        {"0": [A[0], A[1] | {"data": {"customerId": "bob"}}, *B], "1": [*C, *D]},
        {"0": [A[0] | {"data": A[0]["data"] | {"fingerprint": "f"}}, A[1], *B], "1": [*C, *D]},
        {"0": [A[0] | {"time": "2026-01-31T09:30:01Z"}, A[1], *B], "1": [*C, *D]},
    ],
)
def test_what_was_published_has_to_be_what_was_stored_in_order(heard: dict[str, list[dict[str, Any]]]) -> None:
    assert judge(replace(all_right(), published=heard)).wrong == UNHEARD


def test_a_level_below_nothing_is_wrong_even_where_the_sum_is_right() -> None:
    right = all_right()
    stock = [
        {"id": "level", "type": "StockLevel", "productId": "tea", "available": -1, "received": 1},
        hold("a", "consumed"),
    ]

    assert judge(replace(right, put_in={"tea": 1}, stock=stock)).wrong == {"stock_difference": 1}


@given(st.sampled_from([each.name for each in fields(Verdict)]))
def test_only_counts_may_be_other_than_nothing(name: str) -> None:
    nothing = Verdict(*(0 for _ in fields(Verdict)))

    one: Verdict = replace(nothing, **{name: 1})

    counts = {"orders", "events", "rows", "shipped", "cancelled", "deleted", "out_of_stock", "published"}
    assert one.is_right is (name in counts)


def test_the_order_in_which_events_are_read_does_not_matter() -> None:
    history = [placed("a"), event("a", 2, "OrderShipped"), event("a", 3, "OrderDelivered")]

    assert expected_rows(streams(history)) == expected_rows(streams(reversed(history)))
    assert expected_rows(streams(history))["a"].status == "delivered"


@pytest.mark.parametrize("amount", [0.001, 1.005, float("nan")])
def test_an_amount_finer_than_a_cent_is_no_amount(amount: float) -> None:
    with pytest.raises(BadRow):
        cents(amount)


def test_a_stored_row_must_say_the_same_amount_twice() -> None:
    with pytest.raises(BadRow):
        from_item(stored("a", "pending") | {"totalMinor": 699})


@pytest.mark.parametrize(
    ("broken", "times"),
    [
        (with_other("events", 3, causationId=""), 6),
        (with_other("events", 0, causationId="nobody:knows"), 4),
        (with_other("stored", 0, mark=9), 2),
        (with_more("payments", entry("b", "voided")), 3),
        (with_more("events", {"id": "novelty", "orderId": "a", "type": "Novelty"}), 2),
        (with_other("stored", 1, mark=2), 2),
        (lambda right: replace(right, why={"a": right.why["b"]}), 11),
    ],
)
def test_a_document_whose_cause_is_not_known_or_told_otherwise_is_seen(
    broken: Callable[[Pictures], Pictures], times: int
) -> None:
    assert judge(broken(all_right())).wrong["without_cause"] == times
