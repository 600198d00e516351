"""An event as the store holds it: what happened, to which stream, at which place in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from shared.kernel.errors import Poison, Reason
from shared.kernel.personal import PERSONAL


@dataclass(frozen=True, slots=True)
class Recorded[E]:
    """One event with its envelope. `sequence` counts from 1 without gaps within `stream`; `at` is UTC."""

    body: E
    stream: str
    customer_id: Annotated[str, PERSONAL]
    sequence: int
    at: datetime
    causation_id: str = ""
    correlation_id: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands where a body should be that cannot be read; its envelope still says whose it is."""

    reason: Reason
    detail: str

    def poison(self) -> Poison:
        return Poison(self.reason, self.detail)
