"""From leases, ranges and sights to lags: what is not known stays unknown, and nothing is counted twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.lag.estimate import FeedLag, LeaseLag, Measure, RangeLag
from shared.lag.lease import INCREMENTAL, Lease
from shared.lag.ranges import Keys, PhysicalRange, covered, overlap
from shared.lag.sight import Sight


@dataclass(frozen=True, slots=True)
class Seen:
    """A lease and what was found in each of its pieces; none when it could not be read, for the reason `why`."""

    lease: Lease
    sights: tuple[Sight, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One consumer's feed as it was found."""

    consumer: str
    container: str
    ranges: tuple[PhysicalRange, ...]
    seen: tuple[Seen, ...]
    off: bool = False


@dataclass(frozen=True, slots=True)
class Reckoning:
    feed: FeedLag
    leases: tuple[LeaseLag, ...]
    ranges: tuple[RangeLag, ...]


def feed_lag(feed: Feed, *, now: datetime, expires_after: timedelta) -> Reckoning:
    leases = tuple(lease_lag(each, now=now, expires_after=expires_after) for each in feed.seen)
    ranges = tuple(range_lags((sight for each in feed.seen for sight in each.sights), now=now))
    unknown = sum(each.changes is None for each in leases) + len(_uncovered(feed))
    return Reckoning(
        FeedLag(
            feed.consumer,
            feed.container,
            leases=len(leases),
            owned=sum(each.owned for each in leases),
            lag=sum(each.changes for each in ranges) + unknown,
            off=feed.off,
            seconds=max((each.seconds for each in ranges), default=None),
            exact=not unknown and all(each.measure == "counted" for each in ranges),
            unknown=unknown,
            unstarted=sum(each.position is None and each.changes != 0 for each in leases),
        ),
        leases,
        ranges,
    )


def lease_lag(seen: Seen, *, now: datetime, expires_after: timedelta) -> LeaseLag:
    lease, sights = seen.lease, seen.sights
    counted = [each.counted for each in sights if each.counted is not None]
    measure: Measure = "unknown" if not sights else "counted" if len(counted) == len(sights) else "reckoned"
    return LeaseLag(
        lease.token,
        lease.position,
        owned=lease.is_owned(now, expires_after=expires_after),
        changes=sum(_changes(each) for each in sights) if sights else None,
        seconds=max((_age(each, now) for each in sights), default=None),
        measure=measure,
        renewed=max(0.0, (now - lease.renewed).total_seconds()) if lease.renewed else None,
        ranges=tuple(each.piece.range for each in sights),
        why=seen.why,
    )


def range_lags(sights: Iterable[Sight], *, now: datetime) -> Iterable[RangeLag]:
    by_range: dict[str, list[Sight]] = {}
    for sight in sights:
        by_range.setdefault(sight.piece.range, []).append(sight)
    for name, found in sorted(by_range.items(), key=lambda each: (len(each[0]), each[0])):
        yield _range_lag(name, found, now)


def _range_lag(name: str, sights: Sequence[Sight], now: datetime) -> RangeLag:
    seconds = max(_age(each, now) for each in sights)
    counted = [each.counted for each in sights if each.counted is not None]
    if len(counted) == len(sights) and not overlap([each.piece.keys for each in sights]):
        return RangeLag(name, sum(counted), seconds, "counted")
    if all(each.first is None for each in sights):
        return RangeLag(name, 0, seconds, "counted")
    # Leases that share a range see each other's transactions, so theirs must not be added up.
    newest = max(each.newest for each in sights)
    oldest = min(each.first.lsn for each in sights if each.first)
    return RangeLag(name, max(1, newest - oldest + 1), seconds, "reckoned")


def _uncovered(feed: Feed) -> list[PhysicalRange]:
    """Ranges that no lease reads, in whole or in part. Before a host has made any lease, that is all of them."""
    parts: Mapping[str, list[Keys]] = {one.id: [] for one in feed.ranges}
    for each in feed.seen:
        for piece in each.lease.pieces(feed.ranges):
            parts[piece.range].append(piece.keys)
    return [one for one in feed.ranges if not covered(one.keys, parts[one.id])]


def is_readable(lease: Lease) -> bool:
    """The other kind of feed, of all versions and deletes, numbers its changes in a way of its own."""
    return lease.mode == INCREMENTAL


def _changes(sight: Sight) -> int:
    return sight.transactions if sight.counted is None else sight.counted


def _age(sight: Sight, now: datetime) -> float:
    return sight.first.age(now) if sight.first else 0.0
