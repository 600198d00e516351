"""How far each consumer is behind in its feed, measured as the platform's own estimator does.

Source: ChangeFeedEstimatorIterator in the .NET SDK. Lag counts transactions: the range's newest LSN minus that of the
last change the lease has passed. A lease without a position counts as 1 when there is anything to read: unknown.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from azure.core.pipeline import PipelineRequest
from azure.core.rest import HttpRequest
from azure.cosmos.aio import ContainerProxy

from shared.cosmos.failures import translated
from shared.kernel.values import from_text
from shared.ports import LeasePosition

_LEASES = "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND IS_DEFINED(c.LeaseToken)"


@dataclass(frozen=True, slots=True)
class CosmosFeedLags:
    """A `FeedLags` that reads one change after each lease's position: 304 means caught up."""

    leases: ContainerProxy
    feeds: Mapping[str, ContainerProxy]
    expires_after: timedelta
    now: Callable[[], datetime]

    async def positions(self, consumer: str, container: str) -> Sequence[LeasePosition]:
        with translated(f"leases of {consumer}"):
            leases = [
                lease
                async for lease in self.leases.query_items(
                    _LEASES, parameters=[{"name": "@prefix", "value": f"{consumer}-"}]
                )
            ]
            lags = await _all(_behind(self.feeds[container], lease) for lease in leases)
        return [
            LeasePosition(lease["LeaseToken"], lease["ContinuationToken"], owned=self._is_owned(lease), behind=behind)
            for lease, behind in zip(leases, lags, strict=True)
        ]

    def _is_owned(self, lease: dict[str, Any]) -> bool:
        """A host that was killed leaves its name behind; it no longer renews."""
        renewed = lease.get("timestamp")
        return bool(lease.get("Owner") and renewed) and self.now() - from_text(str(renewed)) < self.expires_after


async def _all(reads: Iterable[Coroutine[Any, Any, int]]) -> list[int]:
    """Every read to its end, then the first trouble of any of them."""
    found = await asyncio.gather(*reads, return_exceptions=True)
    for trouble in found:
        if isinstance(trouble, BaseException):
            raise trouble
    return [behind for behind in found if isinstance(behind, int)]


async def _behind(feed: ContainerProxy, lease: dict[str, Any]) -> int:
    position, bounds = lease["ContinuationToken"], lease["FeedRange"]["Range"]
    place = {"Range": bounds | {"isMinInclusive": True, "isMaxInclusive": False}}
    first, session = await _first_change(feed, place, position)
    if first is None:
        return 0
    return max(1, _lsn(session) - int(first["_lsn"]) + 1) if position else 1


async def _first_change(
    feed: ContainerProxy, place: dict[str, Any], position: str | None
) -> tuple[dict[str, Any] | None, str]:
    headers: dict[str, str] = {}
    read: dict[str, Any] = {"start_time": "Beginning"}
    if position:
        # A lease holds the service's own token. The SDK takes only tokens in a format of its own, which nobody
        # documents, so the header it sends for "now" is given the lease's token instead.
        read = {"start_time": "Now", "raw_request_hook": lambda request: _start_after(request, position)}
    pages = feed.query_items_change_feed(
        feed_range=place, max_item_count=1, response_hook=lambda answer, _: headers.update(answer), **read
    ).by_page()
    async for page in pages:
        async for change in page:
            return change, headers.get("x-ms-session-token", "")
    return None, ""


def _start_after(request: PipelineRequest[HttpRequest], position: str) -> None:
    if request.http_request.headers.get("If-None-Match") == "*":
        request.http_request.headers["If-None-Match"] = position


def _lsn(session: str) -> int:
    # "<range>:<version>#<global LSN>#<region>=<local LSN>", or the LSN alone in the oldest form.
    parts = session.split(":", 1)[-1].split("#")
    return int(parts[1] if len(parts) > 1 else parts[0])
