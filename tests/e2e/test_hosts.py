"""Hosts die, come back and share the work: the view is complete and exact all the same."""

import asyncio
from collections import defaultdict
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.conftest import Api, Store, api_url, host
from tests.programs import eventually

ORDERS = 60
BACKLOG = 500


async def place(api: Api, count: int) -> None:
    room = asyncio.Semaphore(32)

    async def one(number: int) -> None:
        async with room:
            await placed(number)

    async def placed(number: int) -> None:
        order = await api.placed(f"c{number % 7}")
        if number % 3 == 0:
            await api("PATCH", f"/api/orders/{order['orderId']}/status", json={"status": "shipped"})

    await asyncio.gather(*(one(number) for number in range(count)))


async def test_a_host_killed_in_the_middle_of_the_feed_leaves_nothing_out_and_nothing_twice(
    settings: dict[str, str], session: aiohttp.ClientSession, store: Store, tmp_path: Path
) -> None:
    paused = settings | {"AzureWebJobs_project_customer_orders_Disabled": "true"}
    with host(paused, tmp_path / "paused.log") as doors_only:
        await place(Api(session, api_url(doors_only)), BACKLOG)
        doors_only.end()

    with host(settings, tmp_path / "killed.log") as killed:
        await rows_appear(store)
        killed.kill()
    assert 0 < len(await store.rows()) < BACKLOG

    with host(settings, tmp_path / "again.log") as again:
        await Api(session, api_url(again)).settled()

        assert await store.rows() == await store.expected_rows()
        assert len(await store.rows()) == BACKLOG
        assert again.end() == 0


async def test_two_hosts_share_the_ranges_and_the_survivor_takes_over_all(
    settings: dict[str, str], session: aiohttp.ClientSession, store: Store, tmp_path: Path
) -> None:
    with host(settings, tmp_path / "one.log") as one, host(settings, tmp_path / "other.log") as other:
        apis = [Api(session, api_url(each)) for each in (one, other)]
        await shared(store, settings, hosts=2)
        await asyncio.gather(*(place(api, ORDERS // 2) for api in apis))

        one.kill()
        await place(apis[1], ORDERS // 2)
        await apis[1].settled()

        await shared(store, settings, hosts=1)
        assert await store.rows() == await store.expected_rows()
        assert len(await store.rows()) == ORDERS // 2 * 3


async def rows_appear(store: Store) -> None:
    async def some() -> bool | None:
        return bool(await store.items("customer-orders")) or None

    await eventually(some, what="the first rows")


async def shared(store: Store, settings: dict[str, str], *, hosts: int) -> None:
    """Wait until the leases of each feed are spread evenly over so many living hosts."""
    leases = Store(store.client, settings["COSMOS_LEASE_DATABASE"])

    async def are_shared() -> bool | None:
        owners = defaultdict[str, list[str | None]](list)
        for item in await leases.items("leases"):
            if "LeaseToken" in item:
                owners[item["id"].removesuffix(item["LeaseToken"])].append(item["Owner"])
        return (bool(owners) and all(is_even(found, hosts) for found in owners.values())) or None

    await eventually(are_shared, what=f"leases of {hosts} hosts")


def is_even(owners: list[str | None], hosts: int) -> bool:
    return None not in owners and {owners.count(owner) for owner in owners} == {len(owners) // hosts}


async def test_a_feed_whose_ranges_split_and_merge_under_way_loses_and_doubles_nothing(
    request: pytest.FixtureRequest,
    settings: dict[str, str],
    session: aiohttp.ClientSession,
    store: Store,
    tmp_path: Path,
) -> None:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server splits on demand")
    cosmos = settings["COSMOS"].split(";")[0].removeprefix("AccountEndpoint=")
    orders = f"dbs/{settings['COSMOS_DATABASE']}/colls/orders"

    async def reshape(how: str, name: str) -> None:
        async with session.post(f"{cosmos}_local/{how}", json={"container": orders, "range": name}) as answer:
            assert answer.status == 200, await answer.text()

    with host(settings, tmp_path / "host.log") as program:
        api = Api(session, api_url(program))
        placing = asyncio.create_task(place(api, ORDERS * 2))
        await rows_appear(store)
        await reshape("split", "0")
        await reshape("split", "1")
        await reshape("merge", "3")
        await placing
        await place(api, ORDERS)
        await api.settled()

        assert await store.rows() == await store.expected_rows()
        assert len(await store.rows()) == ORDERS * 3
