"""Transactional batches: all of their operations or none."""

import pytest
from azure.cosmos import exceptions

from tests.contracts.cosmos.clients import Container, Sdk


async def test_a_batch_answers_each_operation_in_order(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/transactional-batch; each operation sees what came before it."""
    await sdk.do(container.create_item, {"id": "old", "pk": "x", "n": 1})

    results = await sdk.do(
        container.execute_item_batch,
        [
            ("create", ({"id": "a", "pk": "x"},)),
            ("upsert", ({"id": "a", "pk": "x", "n": 2},)),
            ("read", ("a",)),
            ("replace", ("old", {"id": "old", "pk": "x", "n": 3})),
            ("patch", ("old", [{"op": "incr", "path": "/n", "value": 1}])),
            ("delete", ("a",)),
        ],
        partition_key="x",
    )

    assert [row["statusCode"] for row in results] == [201, 200, 200, 200, 200, 204]
    assert results[2]["resourceBody"]["n"] == 2
    assert (await sdk.do(container.read_item, "old", "x"))["n"] == 4


async def test_a_failed_batch_leaves_nothing_behind(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/transactional-batch: the culprit's status, 424 for all others."""
    await sdk.do(container.create_item, {"id": "taken", "pk": "x"})

    with pytest.raises(exceptions.CosmosBatchOperationError) as failed:
        await sdk.do(
            container.execute_item_batch,
            [
                ("create", ({"id": "a", "pk": "x"},)),
                ("create", ({"id": "taken", "pk": "x"},)),
                ("create", ({"id": "b", "pk": "x"},)),
            ],
            partition_key="x",
        )

    assert [row["statusCode"] for row in failed.value.operation_responses] == [424, 409, 424]
    assert failed.value.error_index == 1
    assert [item["id"] for item in await sdk.all(container.read_all_items())] == ["taken"]


async def test_the_items_of_a_batch_share_time_and_place_in_the_feed(sdk: Sdk, container: Container) -> None:
    """One batch is one transaction of the log: one LSN, one `_ts`."""
    names = [f"{n:03}" for n in range(100)]

    await sdk.do(
        container.execute_item_batch, [("create", ({"id": name, "pk": "x"},)) for name in names], partition_key="x"
    )
    feed = await sdk.all(container.query_items_change_feed(start_time="Beginning"))

    assert [item["id"] for item in feed] == names
    assert len({(item["_lsn"], item["_ts"]) for item in feed}) == 1


@pytest.mark.parametrize(("count", "status"), [(0, 400), (101, 400)])
async def test_a_batch_has_1_to_100_operations(sdk: Sdk, container: Container, count: int, status: int) -> None:
    """learn.microsoft.com/azure/cosmos-db/concepts-limits."""
    operations = [("create", ({"id": str(n), "pk": "x"},)) for n in range(count)]

    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(container.execute_item_batch, operations, partition_key="x")

    assert refused.value.status_code == status


@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_a_batch_above_2_mb_is_413(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/concepts-limits."""
    operations = [("create", ({"id": str(n), "pk": "x", "text": "x" * 300_000},)) for n in range(8)]

    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(container.execute_item_batch, operations, partition_key="x")

    assert refused.value.status_code == 413


@pytest.mark.parametrize("good", [True, False])
async def test_an_operation_of_a_batch_may_depend_on_an_etag(sdk: Sdk, container: Container, good: bool) -> None:
    """azure-cosmos `execute_item_batch`: `if_match_etag`."""
    item = await sdk.do(container.create_item, {"id": "a", "pk": "x", "n": 1})
    etag = item["_etag"] if good else '"stale"'
    operation = ("replace", ("a", {"id": "a", "pk": "x", "n": 2}), {"if_match_etag": etag})

    if good:
        await sdk.do(container.execute_item_batch, [operation], partition_key="x")
    else:
        with pytest.raises(exceptions.CosmosBatchOperationError) as failed:
            await sdk.do(container.execute_item_batch, [operation], partition_key="x")
        assert failed.value.status_code == 412

    assert (await sdk.do(container.read_item, "a", "x"))["n"] == (2 if good else 1)
