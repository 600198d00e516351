"""From the answer to a POST to its row in the view, while two orders a second come in and are fulfilled.

The whole app with its host and its server, all on one machine. The row is read by its key over and over from the moment
of the answer on, and counts from when a read has come back with it.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

import aiohttp
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosResourceNotFoundError

from benchmarks.claims import Claim, Ratio
from benchmarks.shipped import WARMING, orders, placed
from local.demo.door import HttpDoor, PatientDoor, Reply
from local.demo.shop import CREATED, Shop
from local.demo.sightings import VIEW, percentile
from local.demo.store import opened
from local.serve.settings import EXAMPLE, local_settings
from local.serve.stack import Place, Stack, app_running

# To look more often would slow down what is measured: a read takes as long as the app takes for an event.
LOOK_EVERY: Final = 0.005
BOUND_MS: Final = 50
ORDERS: Final = 60
PER_SECOND: Final = 2


@dataclass(frozen=True, slots=True)
class WatchingDoor:
    """Returns an order's answer only when its row is there, and keeps how many milliseconds that took."""

    door: PatientDoor
    view: ContainerProxy
    waited: list[float] = field(default_factory=list)

    async def __call__(
        self, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        reply = await self.door(method, path, body=body, headers=headers)
        if reply.status == CREATED:
            answered = monotonic()
            await self._seen(reply.body["orderId"], reply.body["customerId"])
            self.waited.append(1000 * (monotonic() - answered))
        return reply

    async def _seen(self, order_id: str, customer_id: str) -> None:
        async with asyncio.timeout(30):
            while True:
                try:
                    await self.view.read_item(order_id, customer_id)
                except CosmosResourceNotFoundError:
                    await asyncio.sleep(LOOK_EVERY)
                else:
                    return


async def waited(stack: Stack) -> list[float]:
    """Milliseconds of every order, sorted."""
    async with aiohttp.ClientSession() as session, opened(stack.settings) as stored:
        plain = PatientDoor(HttpDoor(session, stack.api_url))
        await placed(Shop(plain), stored, orders(0, WARMING))
        door = WatchingDoor(plain, stored.database.get_container_client(VIEW))
        await Shop(door).place_paced(orders(WARMING, ORDERS), lambda _: None, per_second=PER_SECOND)
    return sorted(door.waited)


async def run() -> list[float]:
    with TemporaryDirectory() as folder:
        place = Place(cosmos_port=0, api_port=0, file=Path(folder) / "cosmos.sqlite")
        async with app_running(place, local_settings(os.environ, EXAMPLE), lambda *_: None) as stack:
            return await stack.while_both_run(waited(stack))


def measure() -> Ratio:
    found = asyncio.run(run())
    parts = ", ".join(f"p{each} {percentile(found, each):.0f} ms" for each in (50, 90, 99))
    return Ratio(percentile(found, 50) or 0.0, BOUND_MS, f"{ORDERS} orders at {PER_SECOND} a second: {parts}")


VISIBLE_P50: Final = Claim(
    "visible-p50", f"from the answer to a POST to its row in at most {BOUND_MS} ms (p50)", measure
)
