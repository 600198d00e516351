"""One run: orders while hosts and Event Hubs die and ranges split, then peace, then every law."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import aiohttp

from local.chaos.baskets import baskets
from local.chaos.door import AnyDoor
from local.chaos.on_call import OnCall
from local.chaos.plan import Act, Kill, KillHubs, Merge, Split, plan
from local.chaos.ranges import Ranges
from local.chaos.town import Town, town
from local.demo import shelves
from local.demo.baskets import Basket
from local.demo.journey import journey_of
from local.demo.pictures import taken
from local.demo.promises import Promises
from local.demo.settled import sagas_ended, settled
from local.demo.shop import Shop
from local.demo.store import Store, opened
from local.demo.verdict import Verdict, judge
from local.serve.program import Hear
from local.serve.settings import EXAMPLE, local_settings

HOSTS: Final = 2
PER_SECOND: Final = 4
# Short leases and deadlines, because what is to be seen is what happens when they are over.
SETTINGS: Final = {
    "LEASE_ACQUIRE_MS": "300",
    "LEASE_RENEW_MS": "500",
    "LEASE_EXPIRE_MS": "2000",
    "SAGA_STEP_SECONDS": "4",
}
ONE_REQUEST: Final = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`acts` are those that were done; a kill finds nobody while every host, or Event Hubs, is down already.

    `released` counts keys that were parked because two hosts died while they were under way.
    """

    verdict: Verdict
    acts: Sequence[Act]
    released: int
    seconds: float

    def times(self, kind: type) -> int:
        return sum(isinstance(act, kind) for act in self.acts)


async def tormented(orders: int, seed: int, *, folder: Path, hear: Hear) -> Outcome:
    """Everything checked once nothing goes on any more; `folder` keeps what was stored.

    Raises ProgramFailed when a program ends by itself or a command of the operator's fails, NotSettled when something
    stands still, Parked when a key is parked for a reason.
    """
    began, chosen, acts = monotonic(), baskets(orders, seed), plan(seed, orders / PER_SECOND)
    settings = local_settings(os.environ | SETTINGS, EXAMPLE)
    async with (
        town(folder / "cosmos.sqlite", settings, hosts=HOSTS, hear=hear) as running,
        aiohttp.ClientSession(timeout=ONE_REQUEST) as session,
        opened(running.settings) as stored,
    ):
        shop = Shop(AnyDoor(session, running.hosts.urls))
        levels = shelves.levels_for(chosen)
        await shelves.put_in(levels, running.settings)
        placing = asyncio.create_task(_placed(shop, chosen))
        done = await _done(acts, running, Ranges(session, running.cosmos_url, settings["COSMOS_DATABASE"]))
        promises = await placing
        await _at_peace(running, shop, stored)
        on_call = OnCall(running.settings, hear)
        if released := await on_call.release():
            await _at_peace(running, shop, stored)
        await on_call.audit()
        pictures = await taken(shop, stored, hubs=running.settings["EVENTHUBS"], promises=promises.kept, put_in=levels)
    return Outcome(judge(pictures), done, released, monotonic() - began)


async def _placed(shop: Shop, chosen: Sequence[Basket]) -> Promises:
    return await shop.place_paced(chosen, lambda _: None, per_second=PER_SECOND, journey=journey_of)


async def _done(acts: Sequence[Act], running: Town, ranges: Ranges) -> list[Act]:
    began, done = monotonic(), list[Act]()
    for act in acts:
        await asyncio.sleep(began + act.at - monotonic())
        match act:
            case Kill(pick=pick, away=away):
                if not running.hosts.kill(pick, away):
                    continue
            case KillHubs(away=away):
                if not running.hubs.kill(away):
                    continue
            case Split(pick=pick, container=container):
                await ranges.split(container, pick)
            case Merge(pick=pick, container=container):
                await ranges.merge(container, pick)
        done.append(act)
    return done


async def _at_peace(running: Town, shop: Shop, stored: Store) -> None:
    await running.hubs.is_up()
    await running.hosts.all_up()
    await settled(shop.feeds, lambda _: None)
    await sagas_ended(stored, lambda _: None)
    await settled(shop.feeds, lambda _: None)
