"""An estimate of lag as the figures that alerts look at. What is unknown is told as unknown, never as 0."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.lag import Estimate, FeedLag, LeaseLag
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


def tell_feed(
    observer: Observer, consumer: str, leases: Sequence[LeaseTold], *, uncovered: int = 0, publishes: bool = False
) -> None:
    """`uncovered` counts ranges that no lease reads, all of them where there are no leases.

    `publishes` says that what this consumer has not handled is what is not published yet.
    """
    for each in leases:
        if each.changes is not None:
            observer.record(FEED_LAG_CHANGES, each.changes, consumer=consumer, lease=each.lease)
        if each.seconds is not None:
            observer.record(FEED_LAG_SECONDS, each.seconds, consumer=consumer, lease=each.lease)
    observer.record(FEED_LEASES_UNOWNED, sum(not each.is_owned for each in leases), consumer=consumer)
    unknown = uncovered + sum(each.changes is None for each in leases)
    observer.record(FEED_LEASES_UNKNOWN, unknown, consumer=consumer)
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
    """A `LagMeter`. `publishers` are the consumers that publish. Nobody is told of a feed whose function is off."""

    observer: Observer
    publishers: frozenset[str] = frozenset()

    def tell(self, estimate: Estimate, *, before: float | None) -> None:
        for feed in estimate.feeds:
            if not feed.off:
                self._tell(feed, estimate.leases.get(feed.consumer, ()))
        tell_estimate(self.observer, seconds=estimate.cost.seconds, charge=estimate.cost.charge, age=before)

    def _tell(self, feed: FeedLag, leases: Sequence[LeaseLag]) -> None:
        known = [LeaseTold(each.lease, each.changes, each.seconds, is_owned=each.owned) for each in leases]
        uncovered = feed.unknown - sum(each.changes is None for each in leases)
        is_publisher = feed.consumer in self.publishers
        tell_feed(self.observer, feed.consumer, known, uncovered=uncovered, publishes=is_publisher)
