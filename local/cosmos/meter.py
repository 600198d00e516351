"""What operations cost: sums per container and operation, and the budget of each range when limits are on."""

from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import NamedTuple

from local.cosmos import throughput
from local.cosmos.clock import Clock
from local.cosmos.container import Container
from local.cosmos.errors import REQUEST_RATE_TOO_LARGE, CosmosError
from local.cosmos.key_ranges import KeyRange
from local.cosmos.offers import Offers


class Used(NamedTuple):
    """What one kind of operation on one container has cost so far."""

    container: str
    operation: str
    times: int
    charge: float


@dataclass(slots=True)
class _Budget:
    """RU a range may still spend; negative after an operation that overdrew it."""

    left: float
    at: float


class Meter:
    """Limits are off at the start: then nothing is ever refused."""

    def __init__(self, clock: Clock, offers: Offers) -> None:
        self._clock = clock
        self._offers = offers
        self.limited = False
        self.reset()

    def reset(self) -> None:
        self._used: defaultdict[tuple[bytes, str], list[float]] = defaultdict(lambda: [0, 0.0])
        self._budgets: dict[tuple[int, int], _Budget] = {}

    def used(self) -> tuple[Used, ...]:
        return tuple(
            Used(path.decode(), operation, int(count), round(charge, 2))
            for (path, operation), (count, charge) in self._used.items()
        )

    def admit(self, container: Container, key_range: KeyRange) -> None:
        """Raises CosmosError 429/3200 while the range has spent its share of the provisioned throughput."""
        if not self.limited:
            return
        rate = self._rate(container)
        budget = self._refilled(container, key_range, rate)
        if budget.left <= 0:
            raise CosmosError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Request rate is large. More Request Units may be needed, so no changes were made.",
                substatus=REQUEST_RATE_TOO_LARGE,
                retry_after_ms=ceil(-budget.left / rate * 1000) + 1,
            )

    def record(self, container: Container, key_range: KeyRange, *, operation: str, charge: float) -> None:
        used = self._used[container.alt_path, operation]
        used[0] += 1
        used[1] += charge
        if self.limited:
            self._refilled(container, key_range, self._rate(container)).left -= charge

    def _rate(self, container: Container) -> float:
        """RU per second of one range: an equal share, at most what a physical partition can do."""
        wanted = self._offers.of(container) or self._offers.of(container.database) or throughput.DEFAULT
        return min(wanted.most / len(container.ranges), throughput.RU_PER_RANGE)

    def _refilled(self, container: Container, key_range: KeyRange, rate: float) -> _Budget:
        now = self._clock.seconds()
        budget = self._budgets.setdefault((container.number, key_range.number), _Budget(rate, now))
        budget.left = min(rate, budget.left + rate * max(0.0, now - budget.at))
        budget.at = now
        return budget
