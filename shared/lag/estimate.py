"""What is known about the lag of feeds, how well it is known, when it was measured, and what that cost."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, Self

# counted: read to the tail, exact at that moment. reckoned: from numbers of transactions, an estimate.
type Measure = Literal["counted", "reckoned", "unknown"]


@dataclass(frozen=True, slots=True)
class LeaseLag:
    """One lease. `changes` and `seconds` are None when unknown, which is not 0; `renewed` is seconds ago."""

    lease: str
    position: str | None
    owned: bool
    changes: int | None
    seconds: float | None
    measure: Measure
    renewed: float | None = None
    ranges: tuple[str, ...] = ()
    why: str = ""

    def as_row(self) -> dict[str, object]:
        """For people: without the place, and in tenths of a second."""
        row = {name: value for name, value in asdict(self).items() if name != "position"}
        return {name: round(value, 1) if isinstance(value, float) else value for name, value in row.items()}


@dataclass(frozen=True, slots=True)
class RangeLag:
    """One physical range. After a merge several leases share it, and its transactions are counted once."""

    range: str
    changes: int
    seconds: float
    measure: Measure


@dataclass(frozen=True, slots=True)
class FeedLag:
    """One consumer. `lag` is in changes: exact when `exact`, else an estimate, with 1 for each part that is unknown.

    `seconds` is the age of the oldest change that waits, where one is known, and None when nothing is known. `unknown`
    counts leases whose lag could not be told and ranges that no lease covers, `unstarted` leases without
    a place though something waits.
    Nobody reads a feed whose function is off, so its lag says how much would come.
    """

    consumer: str
    container: str
    leases: int
    owned: int
    lag: int
    off: bool = False
    seconds: float | None = None
    exact: bool = False
    unknown: int = 0
    unstarted: int = 0

    @property
    def unowned(self) -> int:
        return self.leases - self.owned

    def as_row(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        return cls(**{one.name: row[one.name] for one in fields(cls)})


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one measurement: answers of the store, request units, seconds it took."""

    requests: int
    charge: float
    seconds: float

    def as_row(self) -> dict[str, object]:
        return {"requests": self.requests, "requestUnits": round(self.charge, 2), "seconds": round(self.seconds, 3)}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        return cls(int(row["requests"]), float(row["requestUnits"]), float(row["seconds"]))


@dataclass(frozen=True, slots=True)
class Estimate:
    """Every feed at one moment. `leases` and `ranges` are by consumer."""

    at: datetime
    feeds: tuple[FeedLag, ...]
    cost: Cost
    leases: Mapping[str, tuple[LeaseLag, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[RangeLag, ...]] = field(default_factory=dict)
