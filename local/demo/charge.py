"""What the app has cost, as the Cosmos-compatible server counts it; a real account tells this in its metrics."""

from collections.abc import Iterable
from typing import Final

import aiohttp

from local.demo.rows import Json

# The demo follows the view's feed to measure it; nobody else does.
_OWN: Final = ("customer-orders", "ChangeFeed")


async def start_counting(session: aiohttp.ClientSession, cosmos_url: str) -> None:
    async with session.delete(f"{cosmos_url}/_local/usage") as response:
        response.raise_for_status()


async def request_charge(session: aiohttp.ClientSession, cosmos_url: str) -> float:
    """RU of everything the app and its host did since, the upkeep of leases included."""
    async with session.get(f"{cosmos_url}/_local/usage") as response:
        response.raise_for_status()
        used: Json = await response.json()
    return without_own(used["operations"])


def without_own(operations: Iterable[Json]) -> float:
    return sum(
        float(one["charge"]) for one in operations if (one["container"].rsplit("/", 1)[-1], one["operation"]) != _OWN
    )
