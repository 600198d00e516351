"""The stored documents of one order, as they were read: which container, and the item itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shared.kernel.values import to_text

type Item = Mapping[str, Any]

ORDERS: Final = "orders"
POISON: Final = "poison"
# What containers are partitioned by.
_KEYS: Final = ("lane", "bucket", "productId", "orderId", "customerId")


@dataclass(frozen=True, slots=True)
class Document:
    container: str
    item: Item

    @property
    def id(self) -> str:
        return str(self.item.get("id", ""))

    @property
    def kind(self) -> str:
        return str(self.item.get("type", ""))

    @property
    def place(self) -> tuple[str, str, str]:
        """What no other document has."""
        return self.container, " ".join(str(self.item[name]) for name in _KEYS if name in self.item), self.id

    @property
    def name(self) -> str:
        """For people; without the customer, who is a key of some containers."""
        return f"{self.container}/{self.id}"

    @property
    def sequence(self) -> int | None:
        """Of an event; None for anything else."""
        return int(self.id) if self.container == ORDERS and self.id.isdecimal() else None

    @property
    def stored_at(self) -> str | None:
        """By the store's own clock, in whole seconds; None where it does not say."""
        stamp = self.item.get("_ts")
        return to_text(datetime.fromtimestamp(stamp, UTC)) if isinstance(stamp, int) else None

    def text(self, name: str) -> str:
        value = self.item.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        value = self.item.get(name)
        return value if isinstance(value, int) else 0


def in_order(documents: Iterable[Document]) -> Sequence[Document]:
    """However they were read, always alike."""
    return sorted(documents, key=lambda document: document.place)


def of_order(document: Document) -> str | None:
    """Whose it is; None for what belongs to no order, or to many."""
    match document.container, document.kind:
        case "poison", "LaneHead" | "ClosedLane":
            return document.text("stream")
        case "poison", "HeldMessage" | "Suspect" | "Deed" | "LaneClaim":
            return _of_lane(document.text("lane"))
        case "poison", _:
            return None
        case _, "Total" | "StockLevel":
            return None
        case _, "Ledger":
            return document.id
        case _:
            return document.text("orderId") or document.id


def _of_lane(lane: str) -> str | None:
    """A lane is named `consumer:length:partition:id`; the length says where the partition ends. None of a raw one."""
    _, length, rest = lane.split(":", 2)
    return rest[int(length) + 1 :] if length.isdecimal() else None
