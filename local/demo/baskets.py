"""Grocery receipts as orders: one basket is one order, its household the customer."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a receipt; `sales_cents` is what was paid for the whole quantity."""

    basket_id: int
    household_id: int
    product_id: int
    quantity: int
    sales_cents: int


@dataclass(frozen=True, slots=True)
class Line:
    product_id: str
    product_name: str
    quantity: int
    unit_cents: int


@dataclass(frozen=True, slots=True)
class Basket:
    basket_id: int
    customer_id: str
    lines: tuple[Line, ...]

    @property
    def total_cents(self) -> int:
        return sum(line.quantity * line.unit_cents for line in self.lines)


def to_baskets(rows: Iterable[Row], names: Mapping[int, str]) -> Iterator[Basket]:
    """Rows of one basket must stand together; the baskets keep the rows' order. A basket left empty is skipped."""
    for basket_id, together in groupby(rows, key=attrgetter("basket_id")):
        bought = tuple(row for row in together if row.quantity > 0)
        if bought:
            customer_id = f"household-{bought[0].household_id}"
            yield Basket(basket_id, customer_id, tuple(to_line(row, names) for row in bought))


def to_line(row: Row, names: Mapping[int, str]) -> Line:
    """A line whose total equals the cents paid, also where they do not divide by the quantity."""
    product_id, name = f"product-{row.product_id}", names.get(row.product_id, f"PRODUCT {row.product_id}")
    unit_cents, rest = divmod(row.sales_cents, row.quantity)
    return Line(product_id, name, 1, row.sales_cents) if rest else Line(product_id, name, row.quantity, unit_cents)


def to_name(product_id: int, product_type: str | None, package_size: str | None) -> str:
    return " ".join(f"{product_type or f'PRODUCT {product_id}'} {package_size or ''}".split())


def to_json(basket: Basket) -> str:
    """One compact line of the cache."""
    lines = [[line.product_id, line.product_name, line.quantity, line.unit_cents] for line in basket.lines]
    return json.dumps([basket.basket_id, basket.customer_id, lines], separators=(",", ":"))


def from_json(text: str) -> Basket:
    basket_id, customer_id, lines = json.loads(text)
    return Basket(basket_id, customer_id, tuple(Line(*line) for line in lines))
