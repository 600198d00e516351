"""From the sending of a POST to the time of its OrderShipped, while five orders a second come in.

Stock, payment and carrier are the sandbox's and answer at once: what is measured is the app with its host and its
server, all on one machine. Orders are sent at their moment, however long the ones before them take.
"""

import asyncio
import os
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp

from benchmarks.claims import Claim, Ratio
from local.demo.baskets import Basket, Line
from local.demo.door import HttpDoor, PatientDoor
from local.demo.paced import PER_SECOND, shipped_ms
from local.demo.promises import Promises
from local.demo.settled import sagas_ended, settled
from local.demo.shop import Shop
from local.demo.sightings import percentile
from local.demo.store import Store, opened
from local.serve.settings import EXAMPLE, local_settings
from local.serve.stack import Place, Stack, app_running

WARMING: Final = 20
ORDERS: Final = 200
PRODUCTS: Final = 20
CUSTOMERS: Final = 50


def orders(first: int, count: int) -> list[Basket]:
    """Two lines each, as most baskets are small."""
    return [
        Basket(
            number,
            f"customer-{number % CUSTOMERS}",
            tuple(Line(f"product-{(number + step) % PRODUCTS}", "Tea", 1 + step, 350) for step in range(2)),
        )
        for number in range(first, first + count)
    ]


async def placed(shop: Shop, stored: Store, baskets: Sequence[Basket]) -> Promises:
    promises = await shop.place_paced(baskets, lambda _: None, per_second=PER_SECOND)
    await settled(shop.feeds, lambda _: None)
    await sagas_ended(stored, lambda _: None)
    return promises


async def waited(stack: Stack) -> list[float]:
    """Milliseconds of every order, sorted. Raises NotSettled when one does not come to its end."""
    async with aiohttp.ClientSession() as session, opened(stack.settings) as stored:
        shop = Shop(PatientDoor(HttpDoor(session, stack.api_url)))
        await placed(shop, stored, orders(0, WARMING))
        promises = await placed(shop, stored, orders(WARMING, ORDERS))
        found = shipped_ms(promises.sent_at, await stored.everything("orders"))
    assert len(found) == ORDERS, f"{len(found)} of {ORDERS} orders were shipped"
    return found


async def run() -> list[float]:
    with TemporaryDirectory() as folder:
        place = Place(cosmos_port=0, api_port=0, file=Path(folder) / "cosmos.sqlite")
        async with app_running(place, local_settings(os.environ, EXAMPLE), lambda *_: None) as stack:
            return await stack.while_both_run(waited(stack))


@cache
def measured() -> list[float]:
    """One run serves both claims."""
    return asyncio.run(run())


def measure(percent: int, most_ms: float) -> Ratio:
    found = measured()
    parts = ", ".join(f"p{each} {percentile(found, each):.0f} ms" for each in (50, 90, 99))
    return Ratio(percentile(found, percent) or 0.0, most_ms, f"{ORDERS} orders at {PER_SECOND} a second: {parts}")


SHIPPED_P50 = Claim(
    "shipped-p50", "from POST to shipped in at most 300 ms (p50) at 5 orders a second", partial(measure, 50, 300)
)
SHIPPED_P99 = Claim(
    "shipped-p99", "from POST to shipped in at most 2 s (p99) at 5 orders a second", partial(measure, 99, 2000)
)
