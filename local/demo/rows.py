"""A row of the customer's view as a comparable value, whichever of its spellings it was read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from local.demo.baskets import Line

type Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ViewRow:
    order_id: str
    customer_id: str
    status: str
    lines: tuple[Line, ...]
    total_cents: int
    created_at: datetime


class BadRow(ValueError):  # noqa: N818 - what was found, rather than an error of this program
    """What was read is not a row of the view."""


def from_answer(answer: Json) -> ViewRow:
    """From what the API answers. Raises BadRow."""
    try:
        lines = tuple(
            Line(item["productId"], item["productName"], item["quantity"], cents(item["unitPrice"]))
            for item in answer["items"]
        )
        return ViewRow(
            order_id=answer["orderId"],
            customer_id=answer["customerId"],
            status=answer["status"],
            lines=lines,
            total_cents=cents(answer["total"]),
            created_at=moment(answer["createdAt"]),
        )
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise BadRow(f"not a row: {error!r}") from error


def from_item(item: Json) -> ViewRow:
    """From the stored item, whose exact amounts must agree with those for people. Raises BadRow."""
    row = from_answer(item)
    exact = (item.get("totalMinor"), *(line.get("unitPriceMinor") for line in item["items"]))
    if exact != (row.total_cents, *(line.unit_cents for line in row.lines)):
        raise BadRow(f"order {row.order_id}: the amounts for people differ from the exact ones")
    return row


def cents(amount: float | Decimal) -> int:
    """Raises BadRow for anything finer than a cent."""
    exact = Decimal(str(amount)) * 100
    if not exact.is_finite() or exact % 1:
        raise BadRow(f"{amount} is not a whole number of cents")
    return int(exact)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
