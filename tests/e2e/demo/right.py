"""Pictures of a run in which all is right, and ways to break one thing in them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from local.demo.pictures import Pictures
from local.demo.promises import Promise
from local.demo.recompute import streams
from local.demo.rows import from_answer
from local.demo.verdict import judge
from shared.why import Document, as_json, explain

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
        "causationId": f"http:{order_id}:{sequence}",
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


def promise(order_id: str, last: str) -> Promise:
    return Promise(from_answer(stored(order_id, "pending")), last)


def hold(order_id: str, state: str) -> dict[str, Any]:
    stamp = {"id": f"hold:{order_id}", "productId": "tea", "type": "StockHold", "by": "hold_stock"}
    return stamp | {"orderId": order_id, "state": state, "quantity": 2}


def entry(order_id: str, state: str, **facts: object) -> dict[str, Any]:
    return {"id": "act", "type": "Payment", "orderId": order_id, "state": state, "facts": facts}


def message(stored: Mapping[str, Any]) -> dict[str, Any]:
    sequence = f"{stored['sequence']:06d}"
    return {
        "id": f"{stored['orderId']}:{sequence}",
        "type": f"orderflow.{stored['type']}",
        "subject": stored["orderId"],
        "sequence": sequence,
        "time": "2026-01-31T09:30:00Z",
        "data": {"customerId": "ada"} | {name: each for name, each in stored["data"].items() if name != "fingerprint"},
    }


EVENTS = [
    event("b", 2, "OrderShipped", byHand=True),
    event("b", 3, "PaymentWaived"),
    *map(placed, "abcd"),
    event("c", 2, "OrderDeleted"),
    event("a", 2, "OrderShipped", byHand=False),
    event("d", 2, "OrderCancelled", reason="payment declined"),
]
A, B, C, D = ([message(each) for each in streams(EVENTS)[order_id]] for order_id in "abcd")
# What came again, came late or went round in between makes no difference.
UNHEARD = {"publish_order_violations": 1}
PUBLISHED = {"0": [A[0], B[0], A[0], A[1], B[1], B[0], B[2], A[1]], "1": [*C, *D, *C]}


def all_right() -> Pictures:
    """One order fulfilled, one shipped by hand before its saga, one cancelled, one deleted that left its mark."""
    rows = [stored("a", "shipped"), stored("b", "shipped"), stored("d", "cancelled")]
    return Pictures(
        promises={
            "a": promise("a", "pending"),
            "b": promise("b", "shipped"),
            "c": promise("c", "deleted"),
            "d": promise("d", "pending"),
        },
        put_in={"tea": 5},
        events=[*EVENTS, {"id": "private", "orderId": "a", "type": "OrderPrivate"}],
        stored=[*rows, {"id": "c", "body": False, "mark": 2}],
        board=[*rows, {"id": "c", "body": False, "mark": 2}],
        answered=rows,
        board_answered=rows,
        totals=[
            {"id": "total", "type": "Total", "bucket": "2026-01-31:03", "amounts": {"orders": 1, "totalMinor": 700}},
            {"id": "total", "type": "Total", "bucket": "2026-01-31:07", "amounts": {"orders": 1, "totalMinor": 700}},
            {"id": "total", "type": "Total", "bucket": "tea:2026-01:00", "amounts": {"orders": 2, "totalMinor": 1400}},
            {"id": "a", "type": "Ledger", "mark": 1, "bucket": "2026-01-31:03", "amounts": {"orders": 1}},
        ],
        sagas=[{"id": "fulfilment", "type": "Saga", "orderId": order_id} for order_id in "acd"],
        stock=[
            {"id": "level", "type": "StockLevel", "productId": "tea", "available": 3, "received": 5},
            hold("a", "consumed"),
        ],
        payments=[entry("a", "done", minor=700), entry("c", "voided"), entry("d", "undone", minor=700)],
        shipments=[entry("a", "done"), entry("d", "refused")],
        poison=[{"id": "head", "state": "closed"}, {"id": "suspect"}],
        published=PUBLISHED,
        why={
            "b": as_json(
                explain(
                    "b",
                    [Document("orders", each) for each in EVENTS if each["orderId"] == "b"]
                    + [Document(name, stored("b", "shipped")) for name in ("customer-orders", "order-board")],
                )
            )
        },
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


def with_promise(order_id: str, last: str) -> Callable[[Pictures], Pictures]:
    return lambda right: replace(right, promises={**right.promises, order_id: promise(order_id, last)})


def other_than_causes(pictures: Pictures) -> dict[str, int]:
    """What is stored and should not be has no cause either; that law has tests of its own."""
    return {name: count for name, count in judge(pictures).wrong.items() if name != "without_cause"}
