"""The providers' books against the orders' events: the laws of money, stock and parcels, without the app's code.

Every law is of the end: it holds once all sagas have ended.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from local.demo.recompute import STATUS_AFTER
from local.demo.rows import Json

type Streams = Mapping[str, Sequence[Json]]

IS_PAID: Final = {"shipped", "delivered"}
# What a hold may be in the end. One that was refused stays so, even if a person has shipped the order after all.
OF_WHAT_LEFT: Final = {"consumed", "short", "refused"}
OF_WHAT_STAYED: Final = {None, "voided", "refused"}


def money_difference_minor(by_order: Streams, payments: Iterable[Json]) -> int:
    """Captured minus given back is the total of a shipped or delivered order, unless it was let off, and else 0."""
    kept, due = Counter[str](), Counter[str]()
    for entry in payments:
        kept[entry["orderId"]] += entry["facts"]["minor"] if entry["state"] == "done" else 0
    for order_id, events in by_order.items():
        is_due = _status(events) in IS_PAID and not _has(events, "PaymentWaived")
        due[order_id] = events[0]["data"]["total"]["minor"] if is_due else 0
    return _apart(kept, due)


def parcel_difference(by_order: Streams, shipments: Iterable[Json]) -> int:
    """A parcel exists exactly when the order was shipped, and not by hand."""
    made = Counter(entry["orderId"] for entry in shipments if entry["state"] == "done")
    told = Counter(
        order_id
        for order_id, events in by_order.items()
        if any(event["type"] == "OrderShipped" and not event["data"]["byHand"] for event in events)
    )
    return _apart(made, told)


def stock_difference(
    by_order: Streams, stock: Iterable[Json], *, put_in: Mapping[str, int], begun: Collection[str]
) -> int:
    """Pieces that are not where they have to be. `put_in` is every stock-managed product's first level.

    Level + consumed = what was put in, and nothing is held. What was consumed belongs to orders that have left, whole;
    of those that were shipped by hand before their saga had `begun`, nobody has taken it from the level.
    """
    shelves = _Shelves(stock)
    left = {order_id for order_id in begun if _has(by_order.get(order_id, ()), "OrderShipped")}
    misplaced = 0
    for order_id, events in by_order.items():
        for product_id, quantity in _pieces(events[0]).items():
            if product_id in put_in:
                state, held = shelves.holds.pop((product_id, order_id), (None, quantity))
                allowed = OF_WHAT_LEFT if order_id in left else OF_WHAT_STAYED
                misplaced += abs(held - quantity) if state in allowed else max(held, quantity)
    strangers = sum(quantity for (product_id, _), (_, quantity) in shelves.holds.items() if product_id in put_in)
    return misplaced + strangers + sum(shelves.difference(*each) for each in put_in.items())


class _Shelves:
    """The stock as it is stored: a level by product, and a hold by product and order."""

    def __init__(self, items: Iterable[Json]) -> None:
        self.levels, self.holds = dict[str, Json](), dict[tuple[str, str], tuple[str | None, int]]()
        self._out = Counter[str]()
        for item in items:
            product_id = item["productId"]
            if item["id"] == "level":
                self.levels[product_id] = item
                continue
            self.holds[product_id, item["orderId"]] = item["state"], item["quantity"]
            if item["state"] in {"held", "consumed"}:
                self._out[product_id] += item["quantity"]

    def difference(self, product_id: str, put_in: int) -> int:
        level = self.levels.get(product_id, {"available": 0, "received": 0})
        available, received = int(level["available"]), int(level["received"])
        return abs(available + self._out[product_id] - received) + abs(received - put_in) + max(0, -available)


def _pieces(placed: Json) -> Counter[str]:
    pieces = Counter[str]()
    for line in placed["data"]["lines"]:
        pieces[line["productId"]] += line["quantity"]
    return pieces


def _status(events: Sequence[Json]) -> str:
    return list(_statuses(events))[-1]


def _statuses(events: Iterable[Json]) -> Iterator[str]:
    yield "pending"
    for event in events:
        if event["type"] == "OrderDeleted":
            yield "deleted"
        elif event["type"] in STATUS_AFTER:
            yield STATUS_AFTER[event["type"]]


def _has(events: Iterable[Json], kind: str) -> bool:
    return any(event["type"] == kind for event in events)


def _apart(one: Counter[str], other: Counter[str]) -> int:
    return sum(abs(one[name] - other[name]) for name in {*one, *other})
