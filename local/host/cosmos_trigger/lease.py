"""A lease: who reads one range of a feed and how far; a value and its document in the form of the .NET SDK."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from local.host.continuation import EpkRange, Mode
from local.host.dates import timestamp

_MODES: Mapping[Mode, str] = {"LatestVersion": "Incremental Feed", "AllVersionsAndDeletes": "Full-Fidelity Feed"}
_DATABASE_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Version 0 is for a physical range, whose id is the token; version 1 for any range, after a merge.

    `continuation` is the raw etag of the feed with its double quotes, None before the first batch.
    """

    id: str
    token: str
    version: int
    range: EpkRange
    mode: str | None
    owner: str | None = None
    continuation: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    touched: datetime | None = None
    etag: str = ""

    def is_expired(self, now: datetime, expires_after: timedelta) -> bool:
        return self.touched is None or self.touched + expires_after < now


def feed_name(prefix: str, *, endpoint: str, container_rid: str) -> str:
    """The start of all lease ids of one consumer of one container; the host is the connection's, without its port."""
    raw = base64.b64decode(container_rid.replace("-", "/"))
    database_rid = base64.b64encode(raw[:_DATABASE_BYTES]).decode().replace("/", "-")
    return f"{prefix}{urlsplit(endpoint).hostname}_{database_rid}_{container_rid}"


def range_lease(feed: str, *, range_id: str, epk: EpkRange, mode: Mode, continuation: str | None = None) -> Lease:
    """A free lease for a physical range."""
    return Lease(
        id=f"{feed}..{range_id}",
        token=range_id,
        version=0,
        range=epk,
        mode=_MODES[mode],
        continuation=continuation,
    )


def epk_lease(feed: str, *, epk: EpkRange, mode: Mode, continuation: str | None) -> Lease:
    """A free lease for any range of effective partition keys."""
    token = f"{epk.min}-{epk.max}"
    return Lease(id=f"{feed}..{token}", token=token, version=1, range=epk, mode=_MODES[mode], continuation=continuation)


def document(lease: Lease) -> dict[str, object]:
    """The item to write; field names and order are those of DocumentServiceLeaseCore."""
    return {
        "id": lease.id,
        "version": lease.version,
        "LeaseToken": lease.token,
        "FeedRange": {"Range": {"min": lease.range.min, "max": lease.range.max}},
        "Owner": lease.owner,
        "ContinuationToken": lease.continuation,
        "properties": dict(lease.properties),
        "timestamp": timestamp(lease.touched) if lease.touched else None,
        **({"Mode": lease.mode} if lease.mode else {}),
    }


def parse(item: Mapping[str, Any]) -> Lease:
    """The lease in an item; one that has no timestamp yet counts from when it was written.

    Raises ValueError for an item of an old SDK, which did not store the range.
    """
    feed_range = (item.get("FeedRange") or {}).get("Range")
    if feed_range is None:
        raise ValueError(f"lease {item['id']} is of an old SDK: choose another leaseContainerPrefix")
    written = item.get("timestamp")
    return Lease(
        id=item["id"],
        token=item["LeaseToken"],
        version=item.get("version", 0),
        range=EpkRange(feed_range["min"], feed_range["max"]),
        mode=item.get("Mode"),
        owner=item.get("Owner") or None,
        continuation=item.get("ContinuationToken"),
        properties=item.get("properties") or {},
        touched=_moment(written) if written else datetime.fromtimestamp(item["_ts"], UTC),
        etag=item["_etag"],
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
