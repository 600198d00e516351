"""What goes wrong in a run, and when: drawn from its seed alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

KILLS: Final = 3
HUB_KILLS: Final = 3
SPLITS: Final = 4
MERGES: Final = 2
LONGEST_AWAY: Final = 2.0

# The two feeds are what splitting is hardest on.
CONTAINERS: Final = {
    "orders": 4,
    "sagas": 4,
    "customer-orders": 1,
    "order-board": 1,
    "daily-sales": 1,
    "product-sales": 1,
    "stock": 1,
    "payments": 1,
    "shipments": 1,
    "poison": 1,
}


@dataclass(frozen=True, slots=True)
class Kill:
    """One of the living hosts ends without a warning, and comes back `away` seconds later.

    `at` is in seconds from the first order; `pick`, from 0 to 1, says which of those there are.
    """

    at: float
    pick: float
    away: float


@dataclass(frozen=True, slots=True)
class KillHubs:
    """Event Hubs ends without a warning, and comes back `away` seconds later."""

    at: float
    away: float


@dataclass(frozen=True, slots=True)
class Split:
    at: float
    pick: float
    container: str


@dataclass(frozen=True, slots=True)
class Merge:
    at: float
    pick: float
    container: str


type Act = Kill | KillHubs | Split | Merge


def plan(seed: int, seconds: float) -> list[Act]:
    """Everything happens within so many seconds, the earliest first."""
    random = Random(seed)  # noqa: S311 - to be drawn again
    return sorted(_acts(random, seconds), key=lambda act: act.at)


def _acts(random: Random, seconds: float) -> Iterator[Act]:
    for _ in range(KILLS):
        yield Kill(random.uniform(0, seconds), random.random(), random.uniform(0, LONGEST_AWAY))
    for shape, times in ((Split, SPLITS), (Merge, MERGES)):
        for container in random.choices(tuple(CONTAINERS), tuple(CONTAINERS.values()), k=times):
            yield shape(random.uniform(0, seconds), random.random(), container)
    for _ in range(HUB_KILLS):
        yield KillHubs(random.uniform(0, seconds), random.uniform(0, LONGEST_AWAY))
