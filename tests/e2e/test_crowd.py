"""Five hundred clients at once on one host: nothing but documented answers, flat memory, and no order lost."""

import asyncio
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import uuid4

import aiohttp
import psutil
import pytest

from tests.e2e.conftest import Api, Store, an_order, api_url, host

CLIENTS = 500
SECONDS = float(os.environ.get("CROWD_SECONDS", "60"))
# What a busy app may say instead: docs/api.md, "Limits".
BUSY = {429, 503}
PATIENT = aiohttp.ClientTimeout(total=180)


@dataclass(slots=True)
class Crowd:
    api: Api
    until: float
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: set[str] = field(default_factory=set)

    async def client(self, name: str) -> None:
        """Places an order, reads it, looks at his list, and again."""
        for number in count():
            if time.monotonic() > self.until:
                return
            key = {"Idempotency-Key": uuid4().hex}
            placed = await self.api("POST", "/api/orders", json=an_order(name, name=f"Tea {number}"), headers=key)
            self.statuses[placed.status] += 1
            if placed.status == 201:
                self.acknowledged.add(placed.body["orderId"])
                await self._look(placed.headers["Location"])
            await self._look(f"/api/customers/{name}/orders?limit=5", Prefer="stale-ok")

    async def _look(self, path: str, **headers: str) -> None:
        answer = await self.api("GET", path, headers=headers)
        self.statuses[answer.status] += 1


async def resident(process: psutil.Process, until: float) -> list[int]:
    """Bytes, once a second."""
    found = []
    while time.monotonic() < until:
        found.append(process.memory_info().rss)
        await asyncio.sleep(1)
    return found


@pytest.mark.long
async def test_a_crowd_gets_documented_answers_and_every_order_it_was_promised(
    settings: dict[str, str], store: Store, tmp_path: Path
) -> None:
    connector = aiohttp.TCPConnector(limit=CLIENTS)
    with host(settings, tmp_path / "host.log") as program:
        async with aiohttp.ClientSession(connector=connector, timeout=PATIENT) as session:
            crowd = Crowd(Api(session, api_url(program)), until=time.monotonic() + SECONDS)
            memory = asyncio.create_task(resident(psutil.Process(program.process.pid), crowd.until))

            await asyncio.gather(*(crowd.client(f"c-{number}") for number in range(CLIENTS)))

            assert set(crowd.statuses) - BUSY <= {200, 201}, crowd.statuses
            assert len(crowd.acknowledged) >= CLIENTS
        stored = {str(event["orderId"]) for event in await store.items("orders") if event.get("sequence") == 1}
        assert crowd.acknowledged <= stored
        found = await memory
        third = len(found) // 3
        assert max(found[2 * third :]) < 1.25 * max(found[third : 2 * third]), found
        # Of the API: a timer may find no time in such a minute, and says so.
        assert "answered 500" not in program.said
