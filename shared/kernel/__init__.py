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
from shared.kernel.generations import Generation, Generations, NotNow
from shared.kernel.message import Message
from shared.kernel.projection import Key, Projection, by_stream
from shared.kernel.publication import Publication
from shared.kernel.saga import Ask, Progress, Saga, Step
from shared.kernel.shards import Shards
from shared.kernel.tally import Amounts, Tally
from shared.kernel.values import Money
from shared.kernel.versions import Versions

__all__ = [
    "Amounts",
    "Ask",
    "Conflict",
    "Decider",
    "Failure",
    "Generation",
    "Generations",
    "Key",
    "Message",
    "Misconfigured",
    "Money",
    "NotNow",
    "Poison",
    "Progress",
    "Projection",
    "Publication",
    "Reason",
    "Recorded",
    "Refused",
    "Saga",
    "Shards",
    "Step",
    "Tally",
    "Throttled",
    "Transient",
    "Unknown",
    "Unreadable",
    "Versions",
    "by_stream",
]
