"""What the API has acknowledged of each order, and what may have become of it in the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from local.demo.rows import ViewRow

DELETED: Final = "deleted"
# By the last thing that was acknowledged. Whatever it was, fulfilment may not take it back; of what nobody has moved it
# decides alone, and only people deliver.
_ENDS: Final[Mapping[str, frozenset[str]]] = {
    "pending": frozenset({"pending", "shipped", "cancelled"}),
    "shipped": frozenset({"shipped"}),
    "delivered": frozenset({"delivered"}),
    "cancelled": frozenset({"cancelled"}),
    DELETED: frozenset({DELETED}),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """`row` is the order as it was placed, `last` the status that was acknowledged last."""

    row: ViewRow
    last: str = "pending"

    def is_kept_by(self, end: ViewRow | None) -> bool:
        """`end` is None for an order that is no more."""
        if end is None:
            return DELETED in _ENDS[self.last]
        return end.status in _ENDS[self.last] and replace(end, status=self.row.status) == self.row


@dataclass(frozen=True, slots=True)
class Promises:
    """By order. `sent_at` is when its POST was sent, `answered_at` the event loop's time when its 201 was read."""

    kept: dict[str, Promise] = field(default_factory=dict)
    sent_at: dict[str, datetime] = field(default_factory=dict)
    answered_at: dict[str, float] = field(default_factory=dict)
