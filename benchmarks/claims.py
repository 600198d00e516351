"""A claim about cost: two sides measured in turn, and the bound that their ratio has to keep."""

import os
import platform
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Ratio:
    """`measured` is a median over interleaved rounds; the claim holds when it is at most `bound`."""

    measured: float
    bound: float
    detail: str

    @property
    def holds(self) -> bool:
        return self.measured <= self.bound


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Something that this machine lacks; the claim neither holds nor breaks."""

    needs: str


@dataclass(frozen=True, slots=True)
class Aim:
    """What was wanted where less is held: at most this much, and where the rest goes."""

    most: float
    why: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The bound is held from here on; an aim beside it says that more was wanted."""

    name: str
    sentence: str
    measure: Callable[[], Ratio | NotMeasured]
    aim: Aim | None = None


@dataclass(slots=True)
class Spent:
    """Seconds of one stretch of work, on the wall and on this process's CPU."""

    wall: float = 0.0
    cpu: float = 0.0


class Stretch(AbstractContextManager[Spent]):
    def __enter__(self) -> Spent:
        self._spent, self._wall, self._cpu = Spent(), perf_counter(), process_time()
        return self._spent

    def __exit__(self, *_: object) -> None:
        self._spent.wall, self._spent.cpu = perf_counter() - self._wall, process_time() - self._cpu


def alternating(rounds: int, one: Callable[[], float], other: Callable[[], float]) -> list[tuple[float, float]]:
    """Both sides once unmeasured, then in turn, so that what else the machine does meets both."""
    one(), other()
    return [(one(), other()) for _ in range(rounds)]


def median_ratio(pairs: list[tuple[float, float]]) -> float:
    """Pair by pair, so that a machine whose speed drifts spoils a pair and not the comparison."""
    return median(one / other for one, other in pairs)


def machine() -> str:
    """One line to stand beside every number."""
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):  # noqa: PTH110 - one look, no path to keep
        with open("/proc/cpuinfo") as info:  # noqa: PTH123 - same
            model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), model)
    return f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} x {model}, Python {platform.python_version()}"
