"""Money and moments: values that are exact and written one way only."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

# The .NET host re-formats any string that Newtonsoft.Json takes for a date, before Python sees the change.
_READ_AS_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d|/Date\(")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` counts hundredths of `currency`."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def times(self, quantity: int) -> "Money":
        return Money(self.minor * quantity, self.currency)


def to_text(moment: datetime) -> str:
    """Every stored time looks alike, so that text order is time order: `2026-01-31T09:30:00.000000Z`."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def from_text(text: str) -> datetime:
    """Read a stored time, also after the .NET host has shortened its fraction. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time out of range") from None


def reads_as_time(text: str) -> bool:
    """True for free text that the .NET host would rewrite on its way through the feed."""
    return _READ_AS_TIME.match(text) is not None
