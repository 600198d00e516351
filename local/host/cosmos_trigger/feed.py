"""Reading one page of the change feed of one range, with the public SDK.

The SDK hides a split: it goes on with the children of the range by itself and says so only in its continuation. Such
a page is dropped and reported as Gone, and the heirs of the lease read it again from the parent's place.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from azure.cosmos.aio import ContainerProxy

from local.host.continuation import EpkRange, Mode, continuation, etags, feed_range
from local.host.cosmos_trigger.lease import Lease
from local.host.cosmos_trigger.shared_pages import SharedPages
from local.host.cosmos_trigger.split import PhysicalRange

type Start = Literal["Beginning", "Now"] | datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in feed order, and the etag after the last of them."""

    documents: tuple[Mapping[str, Any], ...]
    etag: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing new (304); `etag` is where the feed stands."""

    etag: str | None


@dataclass(frozen=True, slots=True)
class Gone:
    """The range was split or merged."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The change feed of one container; `start` counts for a lease that has no etag yet."""

    container: ContainerProxy
    container_rid: str
    mode: Mode
    start: Start
    max_items: int | None
    shared: SharedPages[Hashable, "Page | Unchanged | Gone"] = field(default_factory=SharedPages)

    async def read(self, lease: Lease, etag: str | None, seen: Hashable = None) -> Page | Unchanged | Gone:
        """The page after `etag`, shared by those who have `seen` as much.

        Raises the SDK's errors, a throttled read (429) after its own retries included.
        """
        if etag is None:
            return await self._read(lease, None)
        account = id(self.container.client_connection)
        place = (account, self.container_rid, self.mode, self.max_items, lease.version, lease.range, etag, seen)
        return await self.shared.read(
            place, lambda: self._read(lease, etag), keeps=lambda found: isinstance(found, Page)
        )

    def has_all(self, page: Page) -> bool:
        """Whether there was no more to be had than is in the page."""
        return self.max_items is not None and len(page.documents) < self.max_items

    async def _read(self, lease: Lease, etag: str | None) -> Page | Unchanged | Gone:
        headers: Mapping[str, str] = {}

        def keep(answered: Mapping[str, str], _body: object) -> None:
            nonlocal headers
            headers = answered

        pages = self.container.query_items_change_feed(
            response_hook=keep, **self._position(lease.range, etag), **self._size()
        ).by_page()
        documents: tuple[Mapping[str, Any], ...] = ()
        async for page in pages:
            documents = tuple([item async for item in page])
            break
        # The SDK puts its own continuation into the headers it handed out, in place of the service's etag.
        parts = etags(headers["etag"])
        if len(parts) > 1 or self._is_merged(lease, headers):
            return Gone()
        last = parts[0]
        return Page(documents, last) if documents and last else Unchanged(last)

    def _position(self, epk: EpkRange, etag: str | None) -> dict[str, Any]:
        if etag is not None:
            return {"continuation": continuation(epk, etag=etag, container_rid=self.container_rid, mode=self.mode)}
        return {"feed_range": feed_range(epk), "start_time": self.start, "mode": self.mode}

    def _size(self) -> dict[str, Any]:
        return {} if self.max_items is None else {"max_item_count": self.max_items}

    @staticmethod
    def _is_merged(lease: Lease, headers: Mapping[str, str]) -> bool:
        # The session token starts with the id of the physical range that answered.
        answered_by, found, _ = headers.get("x-ms-session-token", "").partition(":")
        return lease.version == 0 and bool(found) and answered_by != lease.token

    async def ranges(self) -> tuple[PhysicalRange, ...]:
        """The physical ranges of the container, never from a cache.

        The SDK has no public call that tells their ids, which leases of version 0 carry.
        """
        connection: Any = self.container.client_connection
        found = connection._ReadPartitionKeyRanges(self.container.container_link)  # noqa: SLF001 - see above
        ranges = [PhysicalRange(one["id"], EpkRange(one["minInclusive"], one["maxExclusive"])) async for one in found]
        return tuple(sorted(ranges, key=lambda one: one.epk.min))
