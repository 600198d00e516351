"""What was asked, what the events say, what views and totals hold, what the API answers: pictures that must agree."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from local.demo.recompute import expected_rows, streams
from local.demo.rows import BadRow, Json, ViewRow, from_answer, from_item
from local.demo.totals import difference_minor, expected_totals, stored_totals


@dataclass(frozen=True, slots=True)
class Pictures:
    """`asked` holds each acknowledged order's id and the row its customer may expect, None once it was deleted."""

    asked: Mapping[str, ViewRow | None]
    acknowledged_events: int
    events: Sequence[Json]
    stored: Sequence[Json]
    board: Sequence[Json]
    answered: Sequence[Json]
    totals: Sequence[Json]
    poison: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rows`, `shipped` and `cancelled` count what the view shows; delivered orders were shipped too."""

    orders: int
    events: int
    rows: int
    shipped: int
    cancelled: int
    view_mismatches: int
    lost: int
    duplicated: int
    parked: int
    tally_difference_minor: int

    @property
    def is_right(self) -> bool:
        return not (self.view_mismatches or self.lost or self.duplicated or self.parked or self.tally_difference_minor)


def judge(pictures: Pictures) -> Verdict:
    by_order = streams(pictures.events)
    events = [event for history in by_order.values() for event in history]
    expected = expected_rows(by_order)
    stored, board = _bodied(pictures.stored), _bodied(pictures.board)
    statuses = Counter(row.status for row in expected.values())
    return Verdict(
        orders=len(by_order),
        events=len(events),
        rows=len(stored),
        shipped=statuses["shipped"] + statuses["delivered"],
        cancelled=statuses["cancelled"],
        view_mismatches=len(
            _differing(expected, stored, from_item)
            | _differing(expected, board, from_item)
            | _differing(expected, pictures.answered, from_answer)
        ),
        lost=_lost(pictures.asked, expected, stored),
        duplicated=max(0, len(events) - pictures.acknowledged_events)
        + sum(map(_twice, (stored, board, pictures.answered))),
        parked=sum(item.get("id") == "head" and item.get("state") != "closed" for item in pictures.poison),
        tally_difference_minor=difference_minor(expected_totals(by_order), stored_totals(pictures.totals)),
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


def _lost(asked: Mapping[str, ViewRow | None], expected: Mapping[str, ViewRow], stored: Iterable[Json]) -> int:
    """Orders of which something that was acknowledged is in no event, or of which the view knows nothing."""
    visible = {str(item.get("orderId")) for item in stored}
    return sum(
        expected.get(order_id) != row or (row is not None and order_id not in visible)
        for order_id, row in asked.items()
    )


def _twice(rows: Iterable[Json]) -> int:
    return sum(count - 1 for count in Counter(str(row.get("orderId")) for row in rows).values())
