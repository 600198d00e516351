"""The last measurement, kept where every instance of the app can read it, and what it says is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from shared.kernel.values import from_text, to_text
from shared.lag.estimate import Cost, Estimate, FeedLag

MEASURED_EVERY: Final = 20.0
# The measurer runs on one instance alone, and that one may have gone.
SILENT_AFTER: Final = 3 * MEASURED_EVERY
# As the alert `feed_lag` in infra/alerts.json.
LATE_AFTER: Final = 60.0


@dataclass(frozen=True, slots=True)
class Measurement:
    """Every feed, and the number of parked keys by consumer, at one moment."""

    at: datetime
    feeds: tuple[FeedLag, ...]
    parked: Mapping[str, int]
    cost: Cost

    @classmethod
    def of(cls, estimate: Estimate, parked: Mapping[str, int]) -> Self:
        return cls(estimate.at, estimate.feeds, parked, estimate.cost)

    def age(self, now: datetime) -> float:
        """Seconds."""
        return max(0.0, (now - self.at).total_seconds())

    def as_item(self) -> dict[str, object]:
        return {
            "at": to_text(self.at),
            "feeds": [feed.as_row() for feed in self.feeds],
            "parked": dict(self.parked),
            "cost": self.cost.as_row(),
        }

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> Self | None:
        """None for what another version of the app has written."""
        try:
            return cls(
                from_text(item["at"]),
                tuple(FeedLag.read(row) for row in item["feeds"]),
                {str(name): int(count) for name, count in item["parked"].items()},
                Cost.read(item["cost"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


def is_silent(last: Measurement | None, *, now: datetime, since: datetime) -> bool:
    """Whether nobody has measured lately; an app that runs only `since` a moment ago has not been silent before."""
    moment = last.at if last else since
    return (now - moment).total_seconds() > SILENT_AFTER


def troubles(last: Measurement | None, *, now: datetime, since: datetime) -> Iterator[str]:
    """Each begins with the name of its alert, which is also its place in docs/runbook.md."""
    if is_silent(last, now=now, since=since):
        # What was measured so long ago says nothing about now, neither good nor bad.
        yield f"feed_silent: {f'measured {last.age(now):.0f} s ago' if last else 'never measured'}"
    elif last:
        for feed in last.feeds:
            if not feed.off:
                yield from (f"{name}: {feed.consumer}: {what}" for name, what in of_feed(feed))
        for consumer, count in last.parked.items():
            if count:
                yield f"parked_lanes: {consumer}: {count} keys are parked"


def of_feed(feed: FeedLag) -> Iterator[tuple[str, str]]:
    """The name of each alert it would raise, and what is the matter."""
    if feed.seconds is not None and feed.seconds > LATE_AFTER:
        yield "feed_lag", f"the oldest change has waited {feed.seconds:.0f} s"
    if feed.unowned:
        yield "feed_unowned", f"{feed.unowned} of {feed.leases} leases belong to no host"
    if feed.unknown:
        yield "feed_unknown", f"the lag of {feed.unknown} leases or ranges cannot be told"
