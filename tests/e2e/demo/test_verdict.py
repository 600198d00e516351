"""The demo's check notices whatever goes wrong between a request and the view."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from local.demo.recompute import expected_rows, streams
from local.demo.rows import BadRow, cents, from_answer, from_item
from local.demo.verdict import Pictures, Verdict, judge

AT = "2026-01-31T09:30:00.000000Z"


def event(order_id: str, sequence: int, kind: str, **content: object) -> dict[str, Any]:
    return {
        "id": f"{sequence:06d}",
        "orderId": order_id,
        "customerId": "ada",
        "type": kind,
        "sequence": sequence,
        "at": AT,
        "data": content,
    }


def placed(order_id: str) -> dict[str, Any]:
    line = {
        "productId": "tea",
        "productName": "Green tea",
        "quantity": 2,
        "unitPrice": {"minor": 350, "currency": "USD"},
    }
    return event(order_id, 1, "OrderPlaced", lines=[line], total={"minor": 700, "currency": "USD"})


def stored(order_id: str, status: str) -> dict[str, Any]:
    tea = {"productId": "tea", "productName": "Green tea", "quantity": 2, "unitPrice": 3.5, "unitPriceMinor": 350}
    return {
        "id": order_id,
        "orderId": order_id,
        "customerId": "ada",
        "status": status,
        "items": [tea],
        "total": 7.0,
        "totalMinor": 700,
        "currency": "USD",
        "createdAt": AT,
        "mark": 1,
    }


def all_right() -> Pictures:
    """One order still pending, one shipped, one deleted that left its mark behind."""
    rows = [stored("a", "pending"), stored("b", "shipped")]
    return Pictures(
        asked={"a": from_answer(rows[0]), "b": from_answer(rows[1]), "c": None},
        acknowledged_events=5,
        events=[
            event("b", 2, "OrderShipped", byHand=True),
            *map(placed, "abc"),
            event("c", 2, "OrderDeleted"),
            {"id": "private", "orderId": "a"},
        ],
        stored=[*rows, {"id": "c", "body": False, "mark": 2}],
        board=[*rows, {"id": "c", "body": False, "mark": 2}],
        answered=rows,
        totals=[
            {"id": "total", "bucket": "2026-01-31:03", "amounts": {"orders": 1, "totalMinor": 700}},
            {"id": "total", "bucket": "2026-01-31:07", "amounts": {"orders": 1, "totalMinor": 700}},
            {"id": "total", "bucket": "tea:2026-01:00", "amounts": {"orders": 2, "totalMinor": 1400}},
            {"id": "a", "bucket": "2026-01-31:03", "amounts": {"orders": 1, "totalMinor": 700}},
        ],
        poison=[{"id": "head", "state": "closed"}, {"id": "suspect"}],
    )


def with_items(right: Pictures, field: str, items: list[dict[str, Any]]) -> Pictures:
    changed: dict[str, Any] = {field: items}
    return replace(right, **changed)


def without(field: str, index: int) -> Callable[[Pictures], Pictures]:
    return lambda right: with_items(right, field, [*getattr(right, field)[:index], *getattr(right, field)[index + 1 :]])


def with_more(field: str, item: dict[str, Any]) -> Callable[[Pictures], Pictures]:
    return lambda right: with_items(right, field, [*getattr(right, field), item])


def with_other(field: str, index: int, **changed: object) -> Callable[[Pictures], Pictures]:
    return lambda right: with_more(field, getattr(right, field)[index] | changed)(without(field, index)(right))


def test_pictures_that_agree_are_right() -> None:
    verdict = judge(all_right())

    assert verdict == Verdict(
        orders=3,
        events=5,
        rows=2,
        shipped=1,
        cancelled=0,
        view_mismatches=0,
        lost=0,
        duplicated=0,
        parked=0,
        tally_difference_minor=0,
    )
    assert verdict.is_right


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (without("stored", 0), {"view_mismatches": 1, "lost": 1}),
        (without("answered", 0), {"view_mismatches": 1}),
        (with_other("stored", 0, totalMinor=701), {"view_mismatches": 1}),
        (with_other("stored", 0, total=7.01, totalMinor=701), {"view_mismatches": 1}),
        (with_other("answered", 1, status="pending"), {"view_mismatches": 1}),
        (with_other("answered", 0, total="many"), {"view_mismatches": 1}),
        (with_other("answered", 0, customerId="bob"), {"view_mismatches": 1}),
        (with_more("stored", stored("c", "pending")), {"view_mismatches": 1}),
        (with_more("stored", stored("a", "pending")), {"duplicated": 1}),
        (with_more("answered", stored("b", "shipped")), {"duplicated": 1}),
        (with_other("board", 0, status="lost"), {"view_mismatches": 1}),
        (without("board", 1), {"view_mismatches": 1}),
        (with_other("totals", 0, amounts={"totalMinor": 701}), {"tally_difference_minor": 1}),
        (without("totals", 2), {"tally_difference_minor": 1400}),
        (
            with_more("events", placed("d")),
            {"duplicated": 1, "view_mismatches": 1, "tally_difference_minor": 1400},
        ),
        (without("events", 0), {"lost": 1, "view_mismatches": 1}),
        (without("events", 1), {"lost": 1, "view_mismatches": 1, "tally_difference_minor": 1400}),
        (with_more("poison", {"id": "head", "state": "open"}), {"parked": 1}),
        (with_more("poison", {"id": "head", "type": "RawPoison"}), {"parked": 1}),
    ],
)
def test_whatever_is_broken_is_counted_under_its_name(
    broken: Callable[[Pictures], Pictures], found: dict[str, int]
) -> None:
    verdict = judge(broken(all_right()))

    names = ("view_mismatches", "lost", "duplicated", "parked", "tally_difference_minor")
    assert {name: getattr(verdict, name) for name in names if getattr(verdict, name)} == found
    assert not verdict.is_right


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
