"""What one order costs each container, when nothing is saved by two events that meet in one page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shared.capacity import charges
from shared.capacity.workload import Workload

# KB, of an order with one line and per further line; measured on the demo's baskets.
EVENT: Final = 0.5
ROW: Final = 0.6
LINE: Final = 0.1
SMALL: Final = 0.4

# Per order: placed and shipped, and delivered.
NOTICES: Final = 2
SCANS: Final = 1

type PerOrder = Callable[[Workload], float]


@dataclass(frozen=True, slots=True)
class Use:
    """Per order: `ru` in request units, `kilobytes` that stay. `readers` are the consumers of its change feed."""

    ru: PerOrder
    kilobytes: PerOrder
    readers: Callable[[Workload], int] = lambda _: 0


def _event(work: Workload) -> float:
    """The first event carries the lines; the mean over all events."""
    return EVENT + LINE * work.lines_per_order / work.events_per_order


def _row(work: Workload) -> float:
    return ROW + LINE * work.lines_per_order


def _orders(work: Workload) -> float:
    """The first event comes with the private item; each later one reads the stream before it is appended."""
    later = work.events_per_order - 1
    reads = later * charges.query(1 + later / 2, _event(work))
    appends = (2 + later) * charges.create(_event(work), 1)
    return reads + appends + work.consumers * charges.feed(work.events_per_order + 1, _event(work))


def _view(indexed: int) -> PerOrder:
    def ru(work: Workload) -> float:
        created = charges.missing() + charges.create(_row(work), indexed)
        changed = charges.read(_row(work)) + charges.replace(_row(work), indexed)
        return created + (work.events_per_order - 1) * changed

    return ru


def _tally(parts: PerOrder) -> PerOrder:
    """A line of the ledger, and the bucket's total under its etag. Placing changes what is sold, and cancelling."""

    def ru(work: Workload) -> float:
        return parts(work) * (charges.create(SMALL, 0) + charges.replace(SMALL, 0))

    return ru


def _saga(work: Workload) -> float:
    """Progress with each event, an outbox item and its answer for three effects, and the feed that dispatches them."""
    progress = work.events_per_order * (charges.read(1) + charges.replace(1, 1))
    effects = 3 * (charges.create(SMALL, 1) + charges.replace(SMALL, 1))
    return progress + effects + charges.feed(work.events_per_order + 6, 1)


def _stock(work: Workload) -> float:
    return work.lines_per_order * (charges.read(SMALL) + charges.replace(SMALL, 1) + charges.create(SMALL, 1))


def _book(_: Workload) -> float:
    """A provider's own book: one item per effect key, then its answer."""
    return charges.missing() + charges.create(SMALL, 0) + charges.replace(SMALL, 0)


def _poison(_: Workload) -> float:
    """Nobody is parked: what is left is asking whether somebody is, for each new row, notice and scan."""
    return (2 + NOTICES + SCANS) * charges.missing()


USES: Final[Mapping[str, Use]] = {
    "orders": Use(
        _orders, lambda work: (1 + work.events_per_order) * _event(work), readers=lambda work: work.consumers
    ),
    "customer-orders": Use(_view(3), _row),
    "order-board": Use(_view(3), _row),
    "daily-sales": Use(_tally(lambda _: 1), lambda _: SMALL),
    "product-sales": Use(_tally(lambda work: work.lines_per_order), lambda work: SMALL * work.lines_per_order),
    "sagas": Use(_saga, lambda _: 1 + 3 * SMALL, readers=lambda _: 1),
    "stock": Use(_stock, lambda work: SMALL * work.lines_per_order),
    "payments": Use(_book, lambda _: SMALL),
    "shipments": Use(_book, lambda _: SMALL),
    "poison": Use(_poison, lambda _: 0.0),
    "leases": Use(lambda _: 0.0, lambda _: 0.0),
}
