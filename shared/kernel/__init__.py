"""The words everything above is written in: pure values, standard library only."""

from shared.kernel.decider import Decider
from shared.kernel.envelope import Recorded, Unreadable
from shared.kernel.errors import (
    Conflict,
    Failure,
    Misconfigured,
    Poison,
    Reason,
    Refused,
    Throttled,
    Transient,
    Unknown,
)
from shared.kernel.projection import Key, Projection, by_stream
from shared.kernel.values import Money

__all__ = [
    "Conflict",
    "Decider",
    "Failure",
    "Key",
    "Misconfigured",
    "Money",
    "Poison",
    "Projection",
    "Reason",
    "Recorded",
    "Refused",
    "Throttled",
    "Transient",
    "Unknown",
    "Unreadable",
    "by_stream",
]
