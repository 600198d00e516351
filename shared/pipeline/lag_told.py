"""An estimate of lag as the figures that alerts look at. What is unknown is told as unknown, never as 0."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.lag import Estimate
from shared.metrics import (
    FEED_ESTIMATE_AGE,
    FEED_ESTIMATE_CHARGE,
    FEED_ESTIMATE_SECONDS,
    FEED_LAG_CHANGES,
    FEED_LAG_SECONDS,
    FEED_LEASES_UNKNOWN,
    FEED_LEASES_UNOWNED,
    OUTBOX_OLDEST_SECONDS,
)
from shared.observer import Observer


@dataclass(frozen=True, slots=True)
class LeaseTold:
    """One lease's lag, each way of saying it None when nobody knows."""

    lease: str
    changes: int | None
    seconds: float | None
    is_owned: bool


def tell_feed(observer: Observer, consumer: str, leases: Sequence[LeaseTold], *, publishes: bool = False) -> None:
    """`publishes` says that what this consumer has not handled is what is not published yet."""
    for each in leases:
        if each.changes is not None:
            observer.record(FEED_LAG_CHANGES, each.changes, consumer=consumer, lease=each.lease)
        if each.seconds is not None:
            observer.record(FEED_LAG_SECONDS, each.seconds, consumer=consumer, lease=each.lease)
    observer.record(FEED_LEASES_UNOWNED, sum(not each.is_owned for each in leases), consumer=consumer)
    observer.record(FEED_LEASES_UNKNOWN, sum(each.changes is None for each in leases), consumer=consumer)
    known = [each.seconds for each in leases if each.seconds is not None]
    if publishes and known:
        observer.record(OUTBOX_OLDEST_SECONDS, max(known))


def tell_estimate(observer: Observer, *, seconds: float, charge: float, age: float | None) -> None:
    """What it cost to know all this, and how old the estimate before was by then, if there was one."""
    observer.record(FEED_ESTIMATE_SECONDS, seconds)
    observer.record(FEED_ESTIMATE_CHARGE, charge)
    if age is not None:
        observer.record(FEED_ESTIMATE_AGE, age)


@dataclass(frozen=True, slots=True)
class LagTold:
    """A `LagMeter`. `publishers` are the consumers that publish."""

    observer: Observer
    publishers: frozenset[str] = frozenset()

    def tell(self, estimate: Estimate, *, parked: Mapping[str, int], before: float | None) -> None:  # noqa: ARG002 - what is parked `Standing` tells, with its age
        for consumer, leases in estimate.leases.items():
            known = [LeaseTold(each.lease, each.changes, each.seconds, is_owned=each.owned) for each in leases]
            tell_feed(self.observer, consumer, known, publishes=consumer in self.publishers)
        tell_estimate(self.observer, seconds=estimate.cost.seconds, charge=estimate.cost.charge, age=before)
