"""What an operator did: who, why, when, and what was before and after. Written once, never changed.

A deed lies in the partition of what it changed, and goes there in one batch with the change wherever that is one write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from shared.kernel import Refused
from shared.kernel.values import to_text
from shared.pipeline.codec import SCHEMA_VERSION
from shared.ports import Item

KIND: Final = "Deed"
MOST_LETTERS: Final = 500


class ReasonNeeded(Refused):
    """Nobody acts on what is stored without saying who he is and why."""

    code = "reason_needed"


@dataclass(frozen=True, slots=True)
class Author:
    """Raises ReasonNeeded when either is empty, or too long to be one."""

    who: str
    why: str

    def __post_init__(self) -> None:
        for name, text in (("who", self.who), ("why", self.why)):
            if not text.strip() or len(text) > MOST_LETTERS:
                raise ReasonNeeded(f"say {name} in 1 to {MOST_LETTERS} letters")


@dataclass(frozen=True, slots=True)
class Deed:
    """`name` is drawn once for each command, so that whoever repeats a write finds out that it was done."""

    name: str
    action: str
    subject: str
    by: Author
    at: datetime
    before: Item
    after: Item

    @property
    def id(self) -> str:
        return deed_id(self.name)

    def to_item(self, partitioned_by: str, partition: str) -> dict[str, object]:
        """As it is stored; `deedAt` is what deeds are found by, wherever they lie."""
        return {
            "id": self.id,
            partitioned_by: partition,
            "type": KIND,
            "schemaVersion": SCHEMA_VERSION,
            "deedAt": to_text(self.at),
            "action": self.action,
            "subject": self.subject,
            "who": self.by.who,
            "why": self.by.why,
            "before": dict(self.before),
            "after": dict(self.after),
        }


def deed_id(name: str) -> str:
    return f"deed-{name}"


def shown(deed: Item) -> dict[str, object]:
    """Of a stored deed what is for everybody's eyes: the originals of what was edited or dropped stay in the store."""
    told = ("deedAt", "action", "subject", "who", "why", "before", "after")
    return {name: _without_body(deed[name]) for name in told}


def _without_body(value: object) -> object:
    return {name: each for name, each in value.items() if name != "item"} if isinstance(value, dict) else value


class DeedCatalogue(Protocol):
    async def since(self, moment: str, limit: int) -> Sequence[Item]:
        """The latest deeds, from that moment on, newest first."""
        ...
