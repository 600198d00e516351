"""How far each consumer is behind in its feed, measured as the platform's own estimator does.

Source: ChangeFeedEstimatorIterator in the .NET SDK. Lag counts transactions: the range's newest LSN minus that of the
last change the lease has passed. A lease without a position, or of a range that has split, counts as 1: unknown.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from shared.cosmos.failures import translated
from shared.ports import FeedLag, Item

_GONE = 410
_LEASES = "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND IS_DEFINED(c.LeaseToken)"


@dataclass(frozen=True, slots=True)
class CosmosFeedLags:
    """A `FeedLags` that reads one change after each lease's position: 304 means caught up."""

    leases: ContainerProxy
    feeds: Mapping[str, ContainerProxy]

    async def lag(self, consumer: str, container: str) -> FeedLag:
        with translated(f"leases of {consumer}"):
            leases = [
                lease
                async for lease in self.leases.query_items(
                    _LEASES, parameters=[{"name": "@prefix", "value": f"{consumer}-"}]
                )
            ]
            lags = await asyncio.gather(*(self._behind(self.feeds[container], lease) for lease in leases))
        owned = sum(1 for lease in leases if lease.get("Owner"))
        return FeedLag(consumer, container, leases=len(leases), owned=owned, lag=sum(lags))

    async def _behind(self, feed: ContainerProxy, lease: Item) -> int:
        position = lease.get("ContinuationToken")
        try:
            first, session = await _first_change(feed, str(lease["LeaseToken"]), position)
        except CosmosHttpResponseError as error:
            if error.status_code != _GONE:
                raise
            return 1
        if first is None:
            return 0
        return max(1, _lsn(session) - int(first["_lsn"]) + 1) if position else 1


async def _first_change(feed: ContainerProxy, range_id: str, position: object) -> tuple[dict[str, Any] | None, str]:
    headers: dict[str, str] = {}
    where = {"continuation": position} if position else {"start_time": "Beginning"}
    pages = feed.query_items_change_feed(
        partition_key_range_id=range_id, max_item_count=1, response_hook=lambda h, _: headers.update(h), **where
    ).by_page()
    async for page in pages:
        async for change in page:
            return change, headers.get("x-ms-session-token", "")
    return None, ""


def _lsn(session: str) -> int:
    # "<range>:<version>#<global LSN>#<region>=<local LSN>", or the LSN alone in the oldest form.
    parts = session.split(":", 1)[-1].split("#")
    return int(parts[1] if len(parts) > 1 else parts[0])
