"""What totals rely on, for the store on Azure Cosmos DB and for the fake that stands in for it."""

from collections.abc import AsyncIterator

import pytest

from shared.cosmos import Account, CosmosBuckets, CosmosRows
from shared.cosmos.bulk import BulkRows
from shared.cosmos.bulk_support import Assumed
from shared.cosmos.provision import provision
from shared.kernel import Conflict
from shared.pipeline.replay.overlay import Stores, over
from shared.ports import BucketStore, Write
from shared.settings import CosmosConnection, Settings
from tests.contracts.stores.bulk.together import Together
from tests.fakes import FakeBatches, FakeBuckets, FakeEventStore, FakeRows

TALLY = "daily-sales"
DAY = "2026-01-31:0"


@pytest.fixture(params=["fake", "overlay", "cosmos", "bulk"])
async def buckets(request: pytest.FixtureRequest) -> AsyncIterator[BucketStore]:
    if request.param == "fake":
        yield FakeBuckets()
        return
    if request.param == "overlay":
        below = FakeRows()
        batches = FakeBatches(below)
        covered, _ = over(Stores(FakeEventStore(), below, batches, batches), events="orders")
        yield covered.buckets
        return
    cosmos, database = request.getfixturevalue("cosmos"), request.getfixturevalue("database")
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    async with Account(connection) as account:
        rows = CosmosRows(account, database)
        yield CosmosBuckets(rows, Together(BulkRows(rows, Assumed())) if request.param == "bulk" else rows)


def item(name: str, value: int, *, bucket: str = DAY) -> dict[str, object]:
    return {"id": name, "bucket": bucket, "value": value}


async def values(buckets: BucketStore, *names: str) -> dict[str, object]:
    return {name: stored.item["value"] for name, stored in (await buckets.read(TALLY, DAY, names)).items()}


async def test_what_is_not_there_is_left_out(buckets: BucketStore) -> None:
    assert await buckets.read(TALLY, DAY, ["total", "o1"]) == {}


async def test_a_total_and_its_ledger_change_together(buckets: BucketStore) -> None:
    await buckets.commit(TALLY, DAY, [Write(item("total", 1)), Write(item("o1", 1))])
    seen = await buckets.read(TALLY, DAY, ["total", "o1"])

    await buckets.commit(TALLY, DAY, [Write(item("total", 3), seen["total"].etag), Write(item("o2", 2))])

    assert await values(buckets, "total", "o1", "o2") == {"total": 3, "o1": 1, "o2": 2}


@pytest.mark.parametrize("taken", ["total", "o1"])
async def test_nothing_changes_when_one_of_them_was_changed_meanwhile(buckets: BucketStore, taken: str) -> None:
    await buckets.commit(TALLY, DAY, [Write(item("total", 1)), Write(item("o1", 1))])
    seen = await buckets.read(TALLY, DAY, ["total", "o1"])
    await buckets.commit(TALLY, DAY, [Write(item(taken, 5), seen[taken].etag)])

    with pytest.raises(Conflict):
        await buckets.commit(TALLY, DAY, [Write(item(name, 9), stored.etag) for name, stored in seen.items()])

    assert await values(buckets, "total", "o1") == {"total": 1, "o1": 1} | {taken: 5}


async def test_a_create_of_what_is_there_changes_nothing(buckets: BucketStore) -> None:
    await buckets.commit(TALLY, DAY, [Write(item("o1", 1))])

    with pytest.raises(Conflict):
        await buckets.commit(TALLY, DAY, [Write(item("total", 1)), Write(item("o1", 2))])

    assert await values(buckets, "total", "o1") == {"o1": 1}


async def test_a_hundred_items_fit_in_one_change(buckets: BucketStore) -> None:
    names = [f"o{n}" for n in range(100)]

    await buckets.commit(TALLY, DAY, [Write(item(name, 1)) for name in names])

    assert len(await values(buckets, *names)) == 100
