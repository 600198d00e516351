"""One owned lease: it is read, delivered and checkpointed in strict order, and renewed meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from azure.core.exceptions import AzureError

from local.host.cosmos_trigger.feed import Feed, Gone, Page, Unchanged
from local.host.cosmos_trigger.lease import Lease
from local.host.cosmos_trigger.leases import Leases
from local.host.delivery import Delivered, passed
from local.host.push import Changes, Count

# A push stands in for asking four times a second. Who asks less often gets larger pages, as in Azure, up to a second's.
_PUSHED: Final = timedelta(milliseconds=250)
_SLOWEST: Final = timedelta(seconds=1)

_log = logging.getLogger("host.cosmos")

type Deliver = Callable[[tuple[Mapping[str, Any], ...]], Awaitable[Delivered]]


class RangeGone(Exception):  # noqa: N818 - it states what happened; nothing is broken
    """The range of the lease was split or merged; `etag` is where its heirs go on."""

    def __init__(self, etag: str | None) -> None:
        super().__init__("the range was split or merged")
        self.etag = etag


class Partition:
    """Reads one lease's range until the host stops, the lease is lost, or the range is gone."""

    def __init__(
        self,
        lease: Lease,
        *,
        leases: Leases,
        feed: Feed,
        changes: Changes,
        deliver: Deliver,
        stopping: asyncio.Event,
        poll_delay: timedelta,
        renew_every: timedelta,
    ) -> None:
        self._lease = lease
        self._leases = leases
        self._feed = feed
        self._changes = changes
        self._deliver = deliver
        self._stopping = stopping
        self._poll_delay = poll_delay
        self._renew_every = renew_every

    async def run(self) -> None:
        """Raises LeaseLost, RangeGone or the SDK's error that ended it; returns when the host stops.

        A batch in delivery when the lease is lost runs to its end but is not checkpointed: its new owner repeats it.
        """
        reading, renewing = asyncio.create_task(self._read()), asyncio.create_task(self._renew())
        try:
            await asyncio.wait({reading, renewing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            renewing.cancel()
            outcomes = await asyncio.gather(reading, renewing, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _read(self) -> None:
        etag = self._lease.continuation
        while not self._stopping.is_set():
            seen = self._changes.count(self._lease.token)
            match await self._feed.read(self._lease, etag, seen):
                case Gone():
                    raise RangeGone(etag)
                case Unchanged(reached):
                    etag = reached or etag
                    await self._idle(seen)
                case Page(documents, reached) as page:
                    if not await self._handle(documents):
                        return
                    self._lease = await self._leases.checkpoint(self._lease, reached)
                    etag = reached
                    if self._changes.is_pushed and self._feed.has_all(page):
                        # Whoever pushes has told of nothing since, so there is nothing to be read yet.
                        await passed(self._stopping, within=self._rest())
                        await self._idle(seen)

    async def _idle(self, seen: Count) -> None:
        # Between the loop's test and here the stop may have come, with its wake-up already over.
        if not self._stopping.is_set():
            await self._changes.wait(self._lease.token, seen, within=self._poll_delay)

    def _rest(self) -> timedelta:
        return max(min(self._poll_delay, _SLOWEST) - _PUSHED, timedelta())

    async def _handle(self, documents: tuple[Mapping[str, Any], ...]) -> bool:
        """Whether the batch may be checkpointed; a lost one is, as in production."""
        delivered = await self._deliver(documents)
        if delivered is Delivered.LOST:
            _log.warning(
                "Lease %s encountered an unhandled user exception during processing; "
                "no retry is left, so its batch of %d documents is checkpointed and lost.",
                self._lease.token,
                len(documents),
            )
        return delivered is not Delivered.STOPPED

    async def _renew(self) -> None:
        await asyncio.sleep(self._renew_every.total_seconds() / 2)
        while True:
            try:
                await self._leases.renew(self._lease)
            except AzureError as error:
                # The next round tries again; a lease that is not renewed in time expires, and that is the answer.
                _log.warning("lease %s could not be renewed: %s", self._lease.token, type(error).__name__)
            await asyncio.sleep(self._renew_every.total_seconds())
