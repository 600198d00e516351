"""Setting up the leases of a feed, once, by whichever host comes first.

Source: BootstrapperCore of the .NET SDK; its pause of 15 s while another host works is shortened, its lock is not.
"""

import asyncio
from collections.abc import Sequence

from local.host.continuation import Mode
from local.host.cosmos_trigger.lease import range_lease
from local.host.cosmos_trigger.leases import Leases
from local.host.cosmos_trigger.split import PhysicalRange, missing

_PAUSE_SECONDS = 0.5


async def set_up(leases: Leases, ranges: Sequence[PhysicalRange], *, mode: Mode) -> None:
    """Create a free lease for each range, and `.info` when all are there; safe to run by many hosts at once."""
    while not await leases.is_set_up():
        lock = await leases.lock()
        if lock is None:
            await asyncio.sleep(_PAUSE_SECONDS)
            continue
        try:
            for one in missing(ranges, await leases.all()):
                await leases.add(range_lease(leases.feed, range_id=one.id, epk=one.epk, mode=mode))
            await leases.mark_set_up()
        finally:
            await leases.unlock(lock)
