"""A lease as the trigger's host stores it, in each layout that the .NET SDK has written.

- Version 0: a physical range by its id (`LeaseToken`), and since 2020 its bounds too (`FeedRange`).
- Version 1: any range of effective keys; from a merge on, and what such a lease is split into.
- Of SDK 2 and the old change feed library: `PartitionId` in place of `LeaseToken`, no bounds, no version.

Source: DocumentServiceLeaseConverter, DocumentServiceLeaseCore and DocumentServiceLeaseCoreEpk of the .NET SDK.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from shared.lag.ranges import Keys, PhysicalRange, Piece, covered

INCREMENTAL: Final = "Incremental Feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who reads a part of a feed, and the place after which to go on, as the raw etag with its quotes.

    `position` is None before the first batch; `keys` None where the layout does not tell them. `renewed` is None when
    it cannot be read: such a lease belongs to nobody that lives.
    """

    token: str
    keys: Keys | None = None
    position: str | None = None
    owner: str | None = None
    renewed: datetime | None = None
    mode: str = INCREMENTAL

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> Self | None:
        """None for what else lies beside leases: the marks and locks of their set-up."""
        token = item.get("LeaseToken") or item.get("PartitionId")
        if not isinstance(token, str):
            return None
        return cls(
            token=token,
            keys=_keys(item, token),
            position=item.get("ContinuationToken") or None,
            owner=item.get("Owner") or None,
            renewed=_renewed(item),
            mode=item.get("Mode") or INCREMENTAL,
        )

    def is_owned(self, now: datetime, *, expires_after: timedelta) -> bool:
        """A host that was killed leaves its name behind; it no longer renews."""
        return self.owner is not None and self.renewed is not None and now - self.renewed < expires_after

    def pieces(self, ranges: Sequence[PhysicalRange]) -> tuple[Piece, ...]:
        """What it covers of each range there is now, also after splits and merges; none when that cannot be told."""
        if self.keys is None:
            return tuple(Piece(one.id, one.keys) for one in ranges if one.id == self.token or self.token in one.parents)
        parts = tuple(Piece(one.id, common) for one in ranges if (common := self.keys.common(one.keys)))
        return parts if covered(self.keys, (part.keys for part in parts)) else ()


def _keys(item: Mapping[str, Any], token: str) -> Keys | None:
    bounds = (item.get("FeedRange") or {}).get("Range")
    if bounds:
        return Keys(str(bounds["min"]), str(bounds["max"]))
    low, dash, high = token.partition("-")
    return Keys(low, high) if item.get("version") == 1 and dash else None


def _renewed(item: Mapping[str, Any]) -> datetime | None:
    """A lease that nobody has touched yet counts from when it was written."""
    match item.get("timestamp"), item.get("_ts"):
        case str(text), _:
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                return None
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        case _, int(seconds):
            return datetime.fromtimestamp(seconds, UTC)
        case _:
            return None
