"""What a run of the demo found: one JSON object for programs, a few lines for people."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from local.demo.sightings import percentile
from local.demo.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Waited:
    """What orders at a pace took, in milliseconds and sorted.

    To the view: from the answer of a POST to the first sight of its row. To shipped: from the sending of a POST to the
    time of its OrderShipped.
    """

    to_view_ms: Sequence[float]
    to_shipped_ms: Sequence[float]


@dataclass(frozen=True, slots=True)
class Report:
    """`in_trouble` are the orders whose payment token means trouble; `seconds` is for the whole run."""

    verdict: Verdict
    waited: Waited
    asked_twice: int
    in_trouble: int
    request_charge: float
    seconds: float

    @property
    def ru_per_order(self) -> float | None:
        return self.request_charge / self.verdict.orders if self.verdict.orders else None

    def to_json(self) -> str:
        """The keys are a contract."""
        verdict = self.verdict
        return json.dumps(
            {
                "orders": verdict.orders,
                "events": verdict.events,
                "rows": verdict.rows,
                "view_mismatches": verdict.view_mismatches,
                "tally_difference_minor": verdict.tally_difference_minor,
                "lost": verdict.lost,
                "duplicated": verdict.duplicated,
                "parked": verdict.parked,
                "shipped": verdict.shipped,
                "cancelled": verdict.cancelled,
                "money_difference_minor": verdict.money_difference_minor,
                "stock_difference": verdict.stock_difference,
                "published": verdict.published,
                "publish_order_violations": verdict.publish_order_violations,
                "p50_view_ms": _rounded(percentile(self.waited.to_view_ms, 50)),
                "p99_view_ms": _rounded(percentile(self.waited.to_view_ms, 99)),
                "p50_shipped_ms": _rounded(percentile(self.waited.to_shipped_ms, 50)),
                "p99_shipped_ms": _rounded(percentile(self.waited.to_shipped_ms, 99)),
                "ru_per_order": _rounded(self.ru_per_order),
                "seconds": _rounded(self.seconds),
            }
        )

    def to_text(self) -> str:
        verdict = self.verdict
        facts = {
            "orders": f"{verdict.orders} real baskets, {self.asked_twice} of them asked twice with one Idempotency-Key",
            "fulfilled": f"{verdict.shipped} shipped, {verdict.cancelled} cancelled, {verdict.deleted} deleted; "
            f"{verdict.out_of_stock} ran out of stock, {self.in_trouble} were paid with trouble",
            "events": f"{verdict.events} stored, {verdict.published} published",
            "rows": f"{verdict.rows} in each of the views customer-orders and order-board",
            "at 5 a second": f"{len(self.waited.to_view_ms)} orders, one after the other:",
            "  to the view": _percentiles(self.waited.to_view_ms),
            "  to shipped": _percentiles(self.waited.to_shipped_ms),
            "request units": _charge(self.ru_per_order),
            "took": f"{self.seconds:.1f} s with Python {platform.python_version()}, {os.cpu_count()} cores, "
            f"{platform.machine()}",
        }
        told = "\n".join(f"  {name:<14} {fact}" for name, fact in facts.items())
        return f"\n{told}\n\n{_judgement(verdict)}\n"


def _judgement(verdict: Verdict) -> str:
    if verdict.is_right:
        return (
            "  Right to the cent: every row, as stored and as the API answers it, and every total by day and product\n"
            "  equals the one recomputed from the stored events by other code, and those equal what was asked.\n"
            "  0 lost, 0 duplicated, 0 different, 0 parked.\n"
            "  The books agree: money was kept, goods have left and parcels exist for the orders that say so, and for\n"
            "  no other; everything else was given back.\n"
            "  Every stored event was published, those of each order in sequence.\n"
            "  Every stored document has exactly one cause: `python -m ops why ORDER --tree` draws them.\n\n"
            "  Next: `make serve` keeps the app running for you to order; README.md says what each part is."
        )
    return "  WRONG, and should be 0:\n" + "\n".join(f"    {name:<24} {count}" for name, count in verdict.wrong.items())


def _charge(per_order: float | None) -> str:
    return "no order" if per_order is None else f"{per_order:.1f} per order: all reads, writes, feeds and leases"


def _percentiles(ordered: Sequence[float]) -> str:
    """Of none there are none."""
    if not ordered:
        return "not seen"
    return f"p50 {percentile(ordered, 50):.0f} ms, p99 {percentile(ordered, 99):.0f} ms"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
