"""What becomes of a lease whose range was split or merged: its heirs go on where it stood.

Source: PartitionSynchronizerCore.HandlePartitionGoneAsync of the .NET SDK. Where a child was merged with a neighbour's
before anybody saw the split, that one gives the whole of it to whoever comes first, at his place; ours does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from local.host.continuation import EpkRange, Mode
from local.host.cosmos_trigger.lease import Lease, epk_lease, range_lease


@dataclass(frozen=True, slots=True)
class PhysicalRange:
    """A partition key range of the container, as the service numbers it."""

    id: str
    epk: EpkRange


def heirs(
    lease: Lease, ranges: Sequence[PhysicalRange], *, feed: str, continuation: str | None, mode: Mode
) -> tuple[Lease, ...]:
    """The leases that replace `lease`; none when it lives on, as an EPK lease does after a merge.

    `ranges` are the physical ranges that now overlap the lease's, in their order.
    """
    if lease.version == 0:
        # After a merge a range may be larger than the lease's, and its rest is at another's place.
        return tuple(
            range_lease(feed, range_id=one.id, epk=one.epk, mode=mode, continuation=continuation)
            if lease.range.min <= one.epk.min and one.epk.max <= lease.range.max
            else epk_lease(feed, epk=shared(one.epk, lease.range), mode=mode, continuation=continuation)
            for one in ranges
        )
    if len(ranges) == 1:
        return ()
    borders = (lease.range.min, *(one.epk.max for one in ranges[:-1]), lease.range.max)
    return tuple(
        epk_lease(feed, epk=EpkRange(low, high), mode=mode, continuation=continuation)
        for low, high in pairwise(borders)
    )


def overlapping(ranges: Sequence[PhysicalRange], epk: EpkRange) -> tuple[PhysicalRange, ...]:
    found = (one for one in ranges if one.epk.min < epk.max and epk.min < one.epk.max)
    return tuple(sorted(found, key=lambda one: one.epk.min))


def shared(one: EpkRange, other: EpkRange) -> EpkRange:
    return EpkRange(max(one.min, other.min), min(one.max, other.max))


def missing(ranges: Sequence[PhysicalRange], leases: Sequence[Lease]) -> tuple[PhysicalRange, ...]:
    """The ranges that have no lease yet, when the feed is set up."""
    tokens = {lease.token for lease in leases if lease.version == 0}
    covered = [lease.range for lease in leases if lease.version == 1]
    return tuple(
        one
        for one in ranges
        if one.id not in tokens and not any(epk.min == one.epk.min or epk.max == one.epk.max for epk in covered)
    )
