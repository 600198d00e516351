"""What was asked, stored, shown, answered, published, and what the books hold: all must agree."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from local.demo.books import money_difference_minor, parcel_difference, stock_difference
from local.demo.causes import by_order, daily_or_product, without_cause
from local.demo.pictures import Pictures
from local.demo.promises import Promise
from local.demo.published import judged
from local.demo.recompute import expected_rows, streams
from local.demo.rows import BadRow, Json, ViewRow, from_answer, from_item
from local.demo.settled import is_running
from local.demo.totals import difference_minor, expected_totals, stored_totals
from shared.why import Document

SALES: Final = ("daily-sales", "product-sales")
_COUNTS: Final = {"orders", "events", "rows", "published", "shipped", "cancelled", "deleted", "out_of_stock"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rows`, `shipped` and `cancelled` count what the view shows; delivered orders were shipped too.

    Everything after `published` is wrong unless it is 0. `unfinished` counts orders that are still pending or whose
    saga has not ended, `parcel_difference` parcels nobody was told of, or that were told of and do not exist.
    `publish_order_violations` counts orders whose published events are not the stored ones, each once and in sequence,
    after what came again was dropped by its id. `without_cause` counts stored documents of orders whose one cause is
    not known, or is another one to the API.
    """

    orders: int
    events: int
    rows: int
    shipped: int
    cancelled: int
    deleted: int
    out_of_stock: int
    published: int
    view_mismatches: int
    lost: int
    duplicated: int
    parked: int
    tally_difference_minor: int
    unfinished: int
    money_difference_minor: int
    stock_difference: int
    parcel_difference: int
    publish_order_violations: int
    without_cause: int

    @property
    def wrong(self) -> dict[str, int]:
        """By name, what should be 0 and is not."""
        found = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _COUNTS}
        return {name: count for name, count in found.items() if count}

    @property
    def is_right(self) -> bool:
        return not self.wrong


def judge(pictures: Pictures) -> Verdict:
    by_order = streams(pictures.events)
    events = [event for history in by_order.values() for event in history]
    expected = expected_rows(by_order)
    stored, board = _bodied(pictures.stored), _bodied(pictures.board)
    statuses, types = Counter(row.status for row in expected.values()), Counter(event["type"] for event in events)
    sagas = {saga["orderId"]: saga for saga in pictures.sagas}
    published = judged(pictures.published, by_order)
    pending = {order_id for order_id, row in expected.items() if row.status == "pending"}
    return Verdict(
        orders=len(by_order),
        events=len(events),
        rows=len(stored),
        shipped=statuses["shipped"] + statuses["delivered"],
        cancelled=statuses["cancelled"],
        deleted=types["OrderDeleted"],
        out_of_stock=types["StockRefused"],
        published=published.events,
        view_mismatches=len(
            _differing(expected, stored, from_item)
            | _differing(expected, board, from_item)
            | _differing(expected, pictures.answered, from_answer)
            | _differing(expected, pictures.board_answered, from_answer)
        ),
        lost=_lost(pictures.promises, by_order, expected, stored),
        duplicated=len(by_order.keys() - pictures.promises.keys())
        + _twice((event["orderId"], event["type"]) for event in events)
        + sum(_twice(_orders(rows)) for rows in (stored, board, pictures.answered, pictures.board_answered)),
        parked=sum(item.get("id") == "head" and item.get("state") != "closed" for item in pictures.poison),
        tally_difference_minor=difference_minor(expected_totals(by_order), stored_totals(pictures.totals)),
        unfinished=len(pending | {order_id for order_id, saga in sagas.items() if is_running(saga)}),
        money_difference_minor=money_difference_minor(by_order, pictures.payments),
        stock_difference=stock_difference(by_order, pictures.stock, put_in=pictures.put_in, begun=sagas.keys()),
        parcel_difference=parcel_difference(by_order, pictures.shipments),
        publish_order_violations=published.violations,
        without_cause=without_cause(_documents(pictures), pictures.why),
    )


def _documents(pictures: Pictures) -> Mapping[str, Sequence[Document]]:
    sales = {name: [each for each in pictures.totals if daily_or_product(each) == name] for name in SALES}
    return by_order(
        {
            **sales,
            "orders": pictures.events,
            "customer-orders": pictures.stored,
            "order-board": pictures.board,
            "sagas": pictures.sagas,
            "stock": pictures.stock,
            "payments": pictures.payments,
            "shipments": pictures.shipments,
            "poison": pictures.poison,
        }
    )


def _bodied(items: Iterable[Json]) -> list[Json]:
    """Rows of deleted orders keep their mark and nothing else."""
    return [item for item in items if item.get("body") is not False]


def _differing(expected: Mapping[str, ViewRow], found: Iterable[Json], read: Callable[[Json], ViewRow]) -> set[str]:
    """Orders whose row is missing, surplus or different."""
    differing, missing = set[str](), set(expected)
    for item in found:
        order_id = str(item.get("orderId"))
        missing.discard(order_id)
        try:
            is_right = read(item) == expected.get(order_id)
        except BadRow:
            is_right = False
        if not is_right:
            differing.add(order_id)
    return differing | missing


def _lost(
    promises: Mapping[str, Promise],
    by_order: Mapping[str, Sequence[Json]],
    expected: Mapping[str, ViewRow],
    stored: Iterable[Json],
) -> int:
    """Orders of which something that was acknowledged is not so, an event is missing, or the view knows nothing."""
    visible = {str(item.get("orderId")) for item in stored}
    return sum(
        order_id not in by_order
        or not promise.is_kept_by(expected.get(order_id))
        or [event["sequence"] for event in by_order[order_id]] != list(range(1, len(by_order[order_id]) + 1))
        or (order_id in expected and order_id not in visible)
        for order_id, promise in promises.items()
    )


def _orders(rows: Iterable[Json]) -> Iterable[str]:
    return (str(row.get("orderId")) for row in rows)


def _twice(things: Iterable[object]) -> int:
    """How many are there once more than they should be. Of an order, nothing can happen twice."""
    return sum(count - 1 for count in Counter(things).values())
