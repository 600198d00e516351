"""Hosts die and ranges split while orders are fulfilled, and every law holds all the same."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from local.chaos.baskets import baskets
from local.chaos.command import chaos
from local.chaos.door import AnyDoor
from local.chaos.plan import HUB_KILLS, KILLS, MERGES, SPLITS, Kill, KillHubs, Merge, Split, plan
from local.demo.journey import PAYS, TROUBLE, journey_of


@given(st.integers(), st.floats(0.1, 100))
def test_a_seed_says_all_that_goes_wrong(seed: int, seconds: float) -> None:
    acts = plan(seed, seconds)

    assert acts == plan(seed, seconds)
    assert [act.at for act in acts] == sorted(act.at for act in acts if 0 <= act.at <= seconds)
    counted = tuple(sum(isinstance(act, kind) for act in acts) for kind in (Kill, KillHubs, Split, Merge))
    assert counted == (KILLS, HUB_KILLS, SPLITS, MERGES)


def test_a_seed_says_what_is_ordered_and_every_trouble_is_in_it() -> None:
    chosen = baskets(400, 1)

    assert chosen == baskets(400, 1)
    assert len({basket.basket_id for basket in chosen}) == 400
    assert {journey_of(basket.basket_id).token for basket in chosen} == {PAYS, *TROUBLE}
    products = {line.product_id for basket in chosen for line in basket.lines}
    assert {"unshippable-piano", "lostlabel-mug"} < products


@pytest.fixture
async def flaky() -> AsyncIterator[TestServer]:
    """Breaks the first connection off, is too busy for the second request, and answers the third."""
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.path)
        if len(seen) == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"seen": len(seen)}, status=503 if len(seen) < 3 else 201)

    app = web.Application()
    app.router.add_post("/api/orders", answer)
    server = TestServer(app)
    async with server:
        yield server


async def test_a_client_asks_again_until_a_living_host_has_answered(flaky: TestServer) -> None:
    async with aiohttp.ClientSession() as session:
        urls: dict[int, str] = {}
        asking = asyncio.create_task(AnyDoor(session, urls)("POST", "/api/orders", body={}))
        await asyncio.sleep(0)
        urls[0] = str(flaky.make_url("")).rstrip("/")

        assert (await asking).body == {"seen": 3}


async def test_every_law_holds_after_hosts_were_killed_and_ranges_split() -> None:
    assert await chaos(12, [1]) == 0


@pytest.mark.long
async def test_every_law_holds_a_hundred_times() -> None:
    assert await chaos(16, range(1000, 1100), at_once=2) == 0
