"""What a run of the demo found: one JSON object for programs, a few lines for people."""

import json
import os
import platform
from dataclasses import dataclass

from local.demo.verdict import Verdict

NOT_YET = None


@dataclass(frozen=True, slots=True)
class Report:
    """Times in milliseconds from the answer of a POST to the first sight of its row; `seconds` for the whole run."""

    verdict: Verdict
    asked_twice: int
    deleted: int
    p50_view_ms: float | None
    p99_view_ms: float | None
    request_charge: float
    seconds: float

    @property
    def ru_per_order(self) -> float | None:
        return self.request_charge / self.verdict.orders if self.verdict.orders else None

    def to_json(self) -> str:
        """The keys are a contract; a part that does not exist yet is null."""
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
                "money_difference_minor": NOT_YET,
                "stock_difference": NOT_YET,
                "published": NOT_YET,
                "publish_order_violations": NOT_YET,
                "p50_view_ms": _rounded(self.p50_view_ms),
                "p99_view_ms": _rounded(self.p99_view_ms),
                "p50_shipped_ms": NOT_YET,
                "p99_shipped_ms": NOT_YET,
                "ru_per_order": _rounded(self.ru_per_order),
                "seconds": _rounded(self.seconds),
            }
        )

    def to_text(self) -> str:
        verdict = self.verdict
        facts = {
            "orders": f"{verdict.orders} real baskets; {verdict.shipped} shipped, {verdict.cancelled} cancelled, "
            f"{self.deleted} deleted, {self.asked_twice} asked twice with one Idempotency-Key",
            "events": f"{verdict.events} stored",
            "rows": f"{verdict.rows} in each of the views customer-orders and order-board",
            "write to view": f"p50 {_milliseconds(self.p50_view_ms)}, p99 {_milliseconds(self.p99_view_ms)}",
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
            "  0 lost, 0 duplicated, 0 different, 0 parked.\n\n"
            "  Next: `make serve` keeps the app running for you to order; README.md says what each part is."
        )
    return (
        f"  WRONG: {verdict.view_mismatches} rows differ from their events, {verdict.lost} orders lost something\n"
        f"  that was acknowledged, {verdict.duplicated} things are there twice, {verdict.parked} orders are parked,\n"
        f"  totals are {verdict.tally_difference_minor} cents off."
    )


def _charge(per_order: float | None) -> str:
    return "no order" if per_order is None else f"{per_order:.1f} per order: all reads, writes, feeds and leases"


def _milliseconds(value: float | None) -> str:
    return "not seen" if value is None else f"{value:.0f} ms"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
