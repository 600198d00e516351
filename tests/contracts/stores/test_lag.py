"""Lag read from a store: leases of every layout, parts that cannot be read, and what it costs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient

from shared.cosmos import CosmosFeedLags, CosmosKept
from shared.cosmos.ranges import describe_ranges
from shared.lag import PhysicalRange, living
from shared.ports import Reader
from tests.conftest import Endpoint

RANGES = 4


@dataclass(frozen=True, slots=True)
class Read:
    items: ContainerProxy
    leases: ContainerProxy
    lags: CosmosFeedLags
    link: str

    async def lease(self, one: PhysicalRange, consumer: str, **fields: Any) -> None:  # noqa: ANN401 - of a lease item
        written = {"id": f"{consumer}-127.0.0.1_x_y..{one.id}", "Owner": None, "ContinuationToken": '"0"'}
        await self.leases.create_item(written | fields)

    async def ranges(self) -> tuple[PhysicalRange, ...]:
        return living(await describe_ranges(self.items))


@pytest.fixture
async def read(cosmos: Endpoint, database: str) -> AsyncIterator[Read]:
    async with CosmosClient(cosmos.url, cosmos.key, retry_throttle_total=-1) as client:
        opened = client.get_database_client(database)
        items = await opened.create_container("items", PartitionKey("/pk"))
        leases = await opened.create_container("leases", PartitionKey("/id"), default_ttl=-1)
        lags = CosmosFeedLags(leases, {"items": items}, timedelta(seconds=60), lambda: datetime.now(UTC))
        yield Read(items, leases, lags, f"dbs/{database}/colls/items")


async def write(read: Read, count: int) -> None:
    for number in range(count):
        await read.items.create_item({"id": str(number), "pk": f"k{number}"})


def layouts(one: PhysicalRange) -> dict[str, dict[str, Any]]:
    bounds = {"FeedRange": {"Range": {"min": one.keys.low, "max": one.keys.high}}}
    return {
        "v0": {"version": 0, "LeaseToken": one.id, **bounds, "Mode": "Incremental Feed"},
        "v1": {"version": 1, "LeaseToken": f"{one.keys.low}-{one.keys.high}", **bounds, "Mode": "Incremental Feed"},
        "legacy": {"PartitionId": one.id},
    }


async def test_leases_of_every_layout_say_the_same(read: Read) -> None:
    for one in await read.ranges():
        for consumer, fields in layouts(one).items():
            await read.lease(one, consumer, **fields)
    await write(read, 30)

    estimate = await read.lags.estimate([Reader(name, "items") for name in ("v0", "v1", "legacy")])

    assert [(feed.leases, feed.lag, feed.unknown) for feed in estimate.feeds] == [(RANGES, 30, 0)] * 3
    assert estimate.ranges["v0"] == estimate.ranges["v1"] == estimate.ranges["legacy"]


async def test_what_is_counted_is_items_and_what_is_reckoned_is_transactions(read: Read) -> None:
    for one in await read.ranges():
        await read.lease(one, "v0", **layouts(one)["v0"])
    batch = [("create", ({"id": str(number), "pk": "together"},)) for number in range(10)]
    await read.items.execute_item_batch(batch, "together")
    for _ in range(5):
        await read.items.upsert_item({"id": "again", "pk": "again"})

    (reckoned,) = (await read.lags.estimate([Reader("v0", "items")])).feeds
    (counted,) = (await read.lags.estimate([Reader("v0", "items")], count_at_most=100)).feeds

    assert (counted.lag, counted.exact) == (11, True)
    assert not reckoned.exact
    assert reckoned.lag != counted.lag


async def test_a_count_ends_where_it_was_told_to_and_is_then_no_count(read: Read) -> None:
    for one in await read.ranges():
        await read.lease(one, "v0", **layouts(one)["v0"])
    await write(read, 40)

    estimate = await read.lags.estimate([Reader("v0", "items")], count_at_most=3)

    assert (estimate.feeds[0].lag, estimate.feeds[0].exact) == (40, False)
    # The leases from each of their ranges, the ranges of the feed, and one page of each lease.
    assert estimate.cost.requests <= 2 * RANGES + 2


async def test_a_lease_without_a_place_waits_for_everything_and_without_leases_all_is_unknown(read: Read) -> None:
    await write(read, 30)
    for one in await read.ranges():
        await read.lease(one, "v0", **layouts(one)["v0"], ContinuationToken=None)

    begun, never = (await read.lags.estimate([Reader("v0", "items"), Reader("nobody", "items")])).feeds

    assert (begun.lag, begun.unstarted, begun.unknown, begun.owned) == (30, RANGES, 0, 0)
    assert (never.leases, never.unknown, never.lag, never.seconds) == (0, RANGES, RANGES, None)


async def test_a_lease_that_cannot_be_read_is_unknown_and_says_why_and_the_others_are_known(
    read: Read, cosmos: Endpoint, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server refuses on demand")
    for one in await read.ranges():
        await read.lease(one, "v0", **layouts(one)["v0"])
    await read.lags.estimate([Reader("v0", "items")])
    fault = {"container": "items", "operation": "ChangeFeed", "status": 429, "times": 1}

    async with aiohttp.ClientSession(cosmos.url) as session, session.post("/_local/faults", json=fault) as answer:
        assert answer.status == 200, await answer.text()
    estimate = await read.lags.estimate([Reader("v0", "items")])

    assert (estimate.feeds[0].unknown, estimate.feeds[0].exact) == (1, False)
    (unread,) = (each for each in estimate.leases["v0"] if each.changes is None)
    assert "429" in unread.why


async def test_the_cost_is_what_the_store_charged(read: Read, cosmos: Endpoint, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server tells what was used")
    for one in await read.ranges():
        await read.lease(one, "v0", **layouts(one)["v0"])
    await write(read, 30)
    await read.lags.estimate([Reader("v0", "items")])
    before = await used(cosmos, read)

    estimate = await read.lags.estimate([Reader("v0", "items")], count_at_most=100)

    after = await used(cosmos, read)
    assert estimate.cost.charge == pytest.approx(after - before, abs=0.1)
    assert estimate.cost.requests > RANGES


async def test_what_was_kept_last_is_what_is_there_and_one_who_was_slow_undoes_nothing(read: Read) -> None:
    kept, same = CosmosKept(read.leases, "measure_lag"), CosmosKept(read.leases, "measure_lag")

    assert await kept.last() is None
    await kept.renew({"at": "first"}, over=None)
    await same.renew({"at": "slow"}, over=None)
    first = await same.last()
    await kept.renew({"at": "second"}, over=first)
    await same.renew({"at": "slow"}, over=first)

    found = await kept.last()
    assert first
    assert found
    assert (first["at"], found["at"]) == ("first", "second")
    await same.keep({"at": "whatever was there"})
    assert (await kept.last() or {})["at"] == "whatever was there"
    assert (await read.lags.estimate([Reader("measure_lag", "items")])).feeds[0].leases == 0


async def used(cosmos: Endpoint, read: Read) -> float:
    """Request units of this database so far."""
    async with aiohttp.ClientSession(cosmos.url) as session, session.get("/_local/usage") as answer:
        operations = (await answer.json())["operations"]
    mine = read.link.rpartition("/")[0]
    return sum(float(one["charge"]) for one in operations if str(one["container"]).startswith(mine))
