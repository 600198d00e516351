"""Product sales: units and money by product and month; what is cancelled or deleted counts no more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from orders.events import NO_SALE, Line, OrderEvent, OrderPlaced
from shared.kernel import Amounts, Recorded, Shards, Tally
from shared.kernel.tally import plus
from shared.kernel.values import to_text

# More physical ranges than this need a larger number for months to come; months that have been keep theirs.
SHARDS: Final = Shards(4)


@dataclass(frozen=True, slots=True)
class Sale:
    month: str
    lines: tuple[Line, ...]
    counts: bool = True


def bucket(product_id: str, month: str) -> str:
    return f"{product_id}:{month}"


def evolve(sale: Sale | None, event: Recorded[OrderEvent]) -> Sale | None:
    match event.body:
        case OrderPlaced(lines=lines):
            return Sale(to_text(event.at)[:7], lines)
        case news if sale and isinstance(news, NO_SALE):
            return replace(sale, counts=False)
        case _:
            return sale


def amounts(sale: Sale) -> Mapping[str, Amounts]:
    """An order may name a product in several lines; it is one order of that product all the same."""
    found: dict[str, dict[str, int]] = {}
    for line in sale.lines:
        name = bucket(line.product_id, sale.month)
        sold = {"units": line.quantity, "totalMinor": line.unit_price.minor * line.quantity}
        found[name] = plus(found.get(name, {}), sold)
    counted = {name: {"orders": 1, **sold} for name, sold in found.items()}
    return {name: {part: value * sale.counts for part, value in each.items()} for name, each in counted.items()}


product_sales = Tally(
    "product_sales",
    counted=(OrderPlaced, *NO_SALE),
    evolve=evolve,
    amounts=amounts,
    shards=lambda _: SHARDS,
)
