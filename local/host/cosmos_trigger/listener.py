"""One Cosmos trigger: it takes its share of the leases, runs them, and gives them back at the end."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from azure.core.exceptions import AzureError

from local.host.continuation import Mode
from local.host.cosmos_trigger.balance import balance
from local.host.cosmos_trigger.bootstrap import set_up
from local.host.cosmos_trigger.feed import Feed
from local.host.cosmos_trigger.lease import Lease
from local.host.cosmos_trigger.leases import LeaseLost, Leases
from local.host.cosmos_trigger.partition import Partition, RangeGone
from local.host.cosmos_trigger.split import heirs, overlapping
from local.host.delivery import passed

_log = logging.getLogger("host.cosmos")
_RELEASE_SECONDS = 5


class Listener:
    """The change feed processor of one function in one host.

    `partition` makes the reader of an owned lease. Any error of the store gives the lease back; a later round takes
    it again, which is the .NET SDK's answer to every failed read.
    """

    def __init__(
        self,
        *,
        leases: Leases,
        feed: Feed,
        mode: Mode,
        partition: Callable[[Lease], Partition],
        stopping: asyncio.Event,
        acquire_every: timedelta,
        expires_after: timedelta,
    ) -> None:
        self._leases = leases
        self._feed = feed
        self._mode = mode
        self._partition = partition
        self._stopping = stopping
        self._acquire_every = acquire_every
        self._expires_after = expires_after
        self._owned: set[str] = set()

    async def start(self) -> None:
        """Set the leases up if nobody has; raises the SDK's error when a container is missing."""
        await set_up(self._leases, await self._feed.ranges(), mode=self._mode)

    async def run(self, first_round: asyncio.Event) -> None:
        """Balance and read until the host stops; sets `first_round` after the first leases were taken."""
        async with asyncio.TaskGroup() as partitions:
            while not self._stopping.is_set():
                await self._take_share(partitions)
                first_round.set()
                await passed(self._stopping, within=self._acquire_every)

    async def _take_share(self, partitions: asyncio.TaskGroup) -> None:
        try:
            leases = await self._leases.all()
            now = self._leases.now()
            for lease in balance(leases, self._leases.owner, now=now, expires_after=self._expires_after):
                await self._take(lease, partitions)
        except AzureError as error:
            _log.warning("%s: leases could not be balanced: %s", self._leases.feed, type(error).__name__)

    async def _take(self, lease: Lease, partitions: asyncio.TaskGroup) -> None:
        if lease.token in self._owned or self._stopping.is_set():
            return
        try:
            acquired = await self._leases.acquire(lease)
        except LeaseLost:
            return  # another host was faster
        self._owned.add(lease.token)
        partitions.create_task(self._own(acquired, partitions))

    async def _own(self, lease: Lease, partitions: asyncio.TaskGroup) -> None:
        try:
            await self._partition(lease).run()
        except LeaseLost as lost:
            _log.info("%s; this is normal while hosts share the leases anew", lost)
        except RangeGone as gone:
            await self._hand_down(lease, gone.etag, partitions)
        except AzureError as error:
            _log.warning("lease %s is released after an error: %s", lease.token, error)
        finally:
            await self._release(lease)
            self._owned.discard(lease.token)

    async def _hand_down(self, lease: Lease, etag: str | None, partitions: asyncio.TaskGroup) -> None:
        try:
            ranges = overlapping(await self._feed.ranges(), lease.range)
            children = heirs(lease, ranges, feed=self._leases.feed, continuation=etag, mode=self._mode)
            added = [child for heir in children if (child := await self._leases.add(heir))]
            if children:
                await self._leases.remove(lease)
        except AzureError as error:
            _log.warning("lease %s could not be handed down to its heirs: %s", lease.token, error)
            return
        _log.info("lease %s was split or merged into %s", lease.token, ", ".join(one.token for one in children))
        for child in added:
            await self._take(child, partitions)

    async def _release(self, lease: Lease) -> None:
        try:
            async with asyncio.timeout(_RELEASE_SECONDS):
                await self._leases.release(lease)
        except LeaseLost:
            return
        except (AzureError, TimeoutError) as error:
            _log.warning("lease %s could not be released and will expire: %s", lease.token, type(error).__name__)
