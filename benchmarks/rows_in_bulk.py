"""100 rows read, created, read and replaced at the same moment: in bulk, and one by one."""

import asyncio
from itertools import repeat
from pathlib import Path
from typing import Final
from uuid import uuid4

from benchmarks.claims import Claim, Ratio, Stretch, median_ratio
from benchmarks.programs import cosmos, listening
from benchmarks.requests import EMULATOR_KEY, document
from shared.cosmos import Account, CosmosRows
from shared.cosmos.bulk import rows_written
from shared.cosmos.provision import provision
from shared.kernel import Key
from shared.ports import RowStore
from shared.settings import CosmosConnection, Settings

ROWS: Final = 100
STEPS: Final = 4
ROUNDS: Final = 15
BOUND: Final = 1 / 10
DATABASE: Final = "bench"
VIEW: Final = "customer-orders"


async def spent(store: RowStore) -> float:
    """CPU seconds of this process, which has the SDK in it but not the server."""
    run = uuid4().hex
    items = [document(number) | {"id": f"{run}-{number}", "customerId": f"{number}"} for number in range(ROWS)]
    keys = [Key(item["customerId"], item["id"]) for item in items]
    with Stretch() as stretch:
        await asyncio.gather(*(store.read(VIEW, key) for key in keys))
        created = await asyncio.gather(*map(store.create, repeat(VIEW), keys, items))
        found = await asyncio.gather(*(store.read(VIEW, key) for key in keys))
        await asyncio.gather(
            *(store.replace(VIEW, key, item, etag=etag) for key, item, etag in zip(keys, items, created, strict=True))
        )
    assert [stored and stored.etag for stored in found] == created
    return stretch.cpu


async def rounds(url: str) -> list[tuple[float, float]]:
    settings = Settings(CosmosConnection(url, EMULATOR_KEY), DATABASE, DATABASE)
    await provision(settings, Path("infra/containers.json"))
    async with Account(settings.cosmos) as account:
        points = CosmosRows(account, DATABASE)
        bulk = rows_written(points, "auto")
        await spent(bulk), await spent(points)
        return [(await spent(bulk), await spent(points)) for _ in range(ROUNDS)]


def measure() -> Ratio:
    with listening(cosmos("--ranges", "1")) as server:
        pairs = asyncio.run(rounds(server.url))
    bulk, points = (1e6 * sum(side) / ROUNDS / ROWS / STEPS for side in zip(*pairs, strict=True))
    return Ratio(median_ratio(pairs), BOUND, f"{bulk:.0f} us an operation in bulk, {points:.0f} us one by one")


ROWS_IN_BULK = Claim("rows-in-bulk", "a row operation among 100 of one range costs in bulk at most a tenth", measure)
