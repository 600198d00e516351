"""Daily sales: orders and money by the day of placing; what is cancelled or deleted counts no more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from orders.events import NO_SALE, OrderEvent, OrderPlaced
from shared.kernel import Amounts, Money, Recorded, Shards, Tally
from shared.kernel.values import to_text

# More physical ranges than this need a larger number for days to come; days that have been keep theirs.
SHARDS: Final = Shards(8)


@dataclass(frozen=True, slots=True)
class Sale:
    day: str
    total: Money
    counts: bool = True


def evolve(sale: Sale | None, event: Recorded[OrderEvent]) -> Sale | None:
    match event.body:
        case OrderPlaced(total=total):
            return Sale(to_text(event.at)[:10], total)
        case news if sale and isinstance(news, NO_SALE):
            return replace(sale, counts=False)
        case _:
            return sale


def amounts(sale: Sale) -> Mapping[str, Amounts]:
    return {sale.day: {"orders": int(sale.counts), "totalMinor": sale.total.minor * sale.counts}}


daily_sales = Tally(
    "daily_sales",
    counted=(OrderPlaced, *NO_SALE),
    evolve=evolve,
    amounts=amounts,
    shards=lambda _: SHARDS,
)
