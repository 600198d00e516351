"""Queries as the SDK runs them: in one partition, over all ranges, page by page."""

import pytest
from azure.cosmos import exceptions

from tests.contracts.cosmos.clients import Container, Sdk

COUNT = 60


@pytest.fixture
async def filled(sdk: Sdk) -> Container:
    policy = {"compositeIndexes": [[{"path": "/kind"}, {"path": "/n", "order": "descending"}]]}
    container = await sdk.container(indexing_policy=policy)
    for n in range(COUNT):
        await sdk.do(container.create_item, {"id": f"{n:02}", "pk": f"p{n % 9}", "n": n, "kind": n % 3})
    return container


async def test_a_query_of_one_partition(sdk: Sdk, filled: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/how-to-query-container: in-partition query."""
    query = "SELECT c.id FROM c WHERE c.n < @most ORDER BY c.n DESC"

    found = await sdk.all(filled.query_items(query, parameters=[{"name": "@most", "value": 20}], partition_key="p1"))

    assert found == [{"id": "19"}, {"id": "10"}, {"id": "01"}]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_a_filter_over_all_partitions_page_by_page(sdk: Sdk, filled: Container, size: int) -> None:
    """A page may be short; the continuation leads through all ranges."""
    pages = filled.query_items("SELECT VALUE c.n FROM c WHERE c.kind = 1", **sdk.everywhere, max_item_count=size)

    assert sorted(await sdk.all(pages)) == list(range(1, COUNT, 3))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT VALUE COUNT(1) FROM c", [COUNT]),
        ("SELECT VALUE SUM(c.n) FROM c", [sum(range(COUNT))]),
        ("SELECT VALUE MAX(c.n) FROM c WHERE c.kind = 0", [57]),
        ("SELECT VALUE MIN(c.n) FROM c WHERE c.kind = 2", [2]),
        ("SELECT VALUE AVG(c.n) FROM c", [(COUNT - 1) / 2]),
        ("SELECT VALUE c.n FROM c ORDER BY c.n DESC OFFSET 2 LIMIT 3", [57, 56, 55]),
        ("SELECT TOP 2 VALUE c.n FROM c ORDER BY c.n", [0, 1]),
        ("SELECT VALUE c.n FROM c WHERE c.n < 6 ORDER BY c.kind ASC, c.n DESC", [3, 0, 4, 1, 5, 2]),
    ],
)
async def test_what_needs_a_merge_is_merged_by_the_client(
    sdk: Sdk, filled: Container, query: str, expected: object
) -> None:
    """400/1004 leads the SDK to the query plan and to one query per range."""
    assert await sdk.all(filled.query_items(query, **sdk.everywhere)) == expected


async def test_distinct_over_all_partitions(sdk: Sdk, filled: Container) -> None:
    """learn.microsoft.com/cosmos-db/query/keywords: DISTINCT."""
    found = await sdk.all(filled.query_items("SELECT DISTINCT VALUE c.kind FROM c", **sdk.everywhere))

    assert sorted(found) == [0, 1, 2]


async def test_pages_of_an_ordered_query_hold_what_was_asked_for(filled: Container) -> None:
    """`x-ms-max-item-count` is an upper bound per page."""
    pages = filled.query_items("SELECT VALUE c.n FROM c ORDER BY c.n", partition_key="p2", max_item_count=2).by_page()
    if hasattr(pages, "__aiter__"):
        sizes = [len([one async for one in page]) async for page in pages]
    else:
        sizes = [len(list(page)) for page in pages]

    assert sizes == [2, 2, 2, 1]


async def test_an_order_by_several_paths_needs_a_composite_index(sdk: Sdk, filled: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/index-policy: composite indexes; 400 without one."""
    for query, fits in (
        ("SELECT * FROM c ORDER BY c.kind, c.n DESC", True),
        ("SELECT * FROM c ORDER BY c.kind DESC, c.n", True),
        ("SELECT * FROM c ORDER BY c.kind, c.n", False),
        ("SELECT * FROM c ORDER BY c.n DESC, c.kind", False),
    ):
        if fits:
            assert await sdk.all(filled.query_items(query, partition_key="p0"))
            continue
        with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
            await sdk.all(filled.query_items(query, partition_key="p0"))
        assert refused.value.status_code == 400


async def test_an_order_by_an_excluded_path_is_refused(sdk: Sdk) -> None:
    """learn.microsoft.com/azure/cosmos-db/index-policy: an excluded path cannot order."""
    policy = {"includedPaths": [{"path": "/n/?"}], "excludedPaths": [{"path": "/*"}]}
    container = await sdk.container(indexing_policy=policy)
    await sdk.do(container.create_item, {"id": "a", "pk": "x", "n": 1, "m": 1})

    assert await sdk.all(container.query_items("SELECT VALUE c.id FROM c ORDER BY c.n", partition_key="x")) == ["a"]
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.all(container.query_items("SELECT * FROM c ORDER BY c.m", partition_key="x"))

    assert refused.value.status_code == 400


@pytest.mark.parametrize("query", ["SELEC * FROM c", "SELECT * FROM c WHERE", "SELECT VALUE @missing FROM c", ""])
async def test_a_text_that_is_no_query_is_400(sdk: Sdk, filled: Container, query: str) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/query-documents: 400."""
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.all(filled.query_items(query, partition_key="p0"))

    assert refused.value.status_code == 400


async def test_a_query_may_be_bound_to_a_feed_range(sdk: Sdk, filled: Container) -> None:
    """azure-cosmos `query_items(feed_range=...)`."""
    found = []
    for one in await sdk.all(filled.read_feed_ranges()):
        found += await sdk.all(filled.query_items("SELECT VALUE c.n FROM c", feed_range=one))

    assert sorted(found) == list(range(COUNT))


async def test_a_query_sees_what_was_just_written(sdk: Sdk, container: Container) -> None:
    """One node, so every read is current."""
    for n in range(10):
        await sdk.do(container.create_item, {"id": str(n), "pk": "x"})
        found = await sdk.all(container.query_items("SELECT VALUE COUNT(1) FROM c", partition_key="x"))
        assert found == [n + 1]


async def test_a_computed_property_is_queried_and_not_stored(sdk: Sdk) -> None:
    """learn.microsoft.com/azure/cosmos-db/nosql/query/computed-properties."""
    lower = {"name": "cp_lower", "query": "SELECT VALUE LOWER(c.name) FROM c"}
    container = await sdk.container(computed_properties=[lower])
    await sdk.do(container.create_item, {"id": "a", "pk": "x", "name": "BO"})

    query = "SELECT VALUE c.cp_lower FROM c WHERE c.cp_lower = 'bo' ORDER BY c.cp_lower"
    found = await sdk.all(container.query_items(query, partition_key="x"))

    assert found == ["bo"]
    assert "cp_lower" not in await sdk.do(container.read_item, "a", "x")
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.container(computed_properties=[{"name": "id", "query": "SELECT VALUE 1 FROM c"}])
    assert refused.value.status_code == 400
