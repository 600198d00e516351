"""From what a run has recorded to what its pictures show, and the few numbers that sum it up."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from local.timeline.chart import Band, Chart, Point, Series
from local.timeline.run import READER, Run
from local.timeline.samples import Sample

OTHER: Final = "project_order_board"
# What each container is for, in the order of their lines.
_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "events and their feed": ("orders",),
    "views and totals": ("customer-orders", "order-board", "daily-sales", "product-sales"),
    "saga and providers": ("sagas", "stock", "payments", "shipments"),
    "leases": ("leases",),
}


def charts(run: Run) -> dict[str, Chart]:
    """By file name, without its ending."""
    stop = (Band(run.stopped, run.again, "the reader is stopped"),)
    changes = [Series(name, [(each.when, each.feeds[name].lag) for each in run.samples]) for name in (READER, OTHER)]
    seconds = [
        Series(name, [(each.when, each.feeds[name].seconds or 0.0) for each in run.samples]) for name in (READER, OTHER)
    ]
    return {
        "lag-changes": Chart("Changes that wait", "changes", changes, stop),
        "lag-seconds": Chart("Age of the oldest change that waits", "s", seconds, stop),
        "throughput": Chart("Throughput: stored and taken in", "events so far", list(_throughput(run)), stop),
        "sagas": Chart("From placed to shipped, each order by when it was placed", "s", [_durations(run)], stop),
        "request-units": Chart("Request units", "RU a second", list(_charges(run.samples)), stop),
    }


def _throughput(run: Run) -> Iterator[Series]:
    times = sorted(_when(run, event) for event in events(run))
    stored = [(each.when, bisect_right(times, each.when)) for each in run.samples]
    left = [each.feeds[READER].lag for each in run.samples]
    yield Series("stored", stored)
    yield Series(
        f"taken in by {READER}",
        [(when, max(0, count - waits)) for (when, count), waits in zip(stored, left, strict=True)],
    )


def rates(moments: Sequence[float], counts: Sequence[float]) -> list[Point]:
    """Per second between each two moments; a count that falls has gained nothing."""
    points = zip(moments, counts, strict=True)
    return [(end, max(0.0, b - a) / (end - start)) for (start, a), (end, b) in pairwise(points) if end > start]


def _charges(samples: Sequence[Sample]) -> Iterator[Series]:
    moments = [each.when for each in samples]
    for name, containers in _FOR.items():
        spent = [sum(each.charges.get(container, 0.0) for container in containers) for each in samples]
        yield Series(name, rates(moments, spent))
    yield Series("of all that, these measurements", rates(moments, [each.own for each in samples]))


def _durations(run: Run) -> Series:
    return Series("one order", durations(run), "dots")


def durations(run: Run) -> list[Point]:
    """When each order was placed, and how long it took to be shipped."""
    placed: dict[str, float] = {}
    shipped: dict[str, float] = {}
    for event in events(run):
        match event["type"]:
            case "OrderPlaced":
                placed[event["orderId"]] = _when(run, event)
            case "OrderShipped":
                shipped[event["orderId"]] = _when(run, event)
            case _:
                continue
    return sorted((placed[each], shipped[each] - placed[each]) for each in placed.keys() & shipped)


def events(run: Run) -> list[Mapping[str, Any]]:
    return [item for item in run.events if "sequence" in item]


def _when(run: Run, event: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(event["at"]).timestamp() - run.began


@dataclass(frozen=True, slots=True)
class Summary:
    """`caught_up` is seconds from the reader's return to its first sample with nothing that waits."""

    orders: int
    events: int
    shipped: int
    most_changes: int
    most_seconds: float
    caught_up: float | None
    shipped_p50: float
    shipped_p99: float

    @classmethod
    def of(cls, run: Run) -> "Summary":
        took = sorted(length for _, length in durations(run)) or [0.0]
        back = (each.when for each in run.samples if each.when > run.again and each.feeds[READER].lag == 0)
        first = next(back, None)
        return cls(
            orders=sum(event["type"] == "OrderPlaced" for event in events(run)),
            events=len(events(run)),
            shipped=len(durations(run)),
            most_changes=max(each.feeds[READER].lag for each in run.samples),
            most_seconds=max(each.feeds[READER].seconds or 0.0 for each in run.samples),
            caught_up=None if first is None else first - run.again,
            shipped_p50=took[len(took) // 2],
            shipped_p99=took[min(len(took) - 1, len(took) * 99 // 100)],
        )

    def to_text(self) -> str:
        caught = "never" if self.caught_up is None else f"{self.caught_up:.1f} s after it was back"
        return (
            f"{self.orders} orders, {self.events} events, {self.shipped} shipped; "
            f"p50 {self.shipped_p50 * 1000:.0f} ms, p99 {self.shipped_p99 * 1000:.0f} ms\n"
            f"{READER}: at most {self.most_changes} changes and {self.most_seconds:.0f} s behind; caught up {caught}"
        )
