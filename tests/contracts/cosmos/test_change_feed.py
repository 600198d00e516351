"""The change feed in latest-version mode (learn.microsoft.com/azure/cosmos-db/change-feed)."""

import pytest

from tests.contracts.cosmos.clients import Container, Item, Sdk


async def _fill(sdk: Sdk, container: Container, count: int, keys: int = 7) -> None:
    for n in range(count):
        await sdk.do(container.upsert_item, {"id": f"{n:03}", "pk": f"p{n % keys}"})


async def test_the_feed_from_the_beginning_has_each_item_once_in_its_last_version(
    sdk: Sdk, container: Container
) -> None:
    """learn.microsoft.com/azure/cosmos-db/change-feed-modes: latest version, no intermediate ones, no deletes."""
    await _fill(sdk, container, 40)
    await sdk.do(container.upsert_item, {"id": "000", "pk": "p0", "again": True})
    await sdk.do(container.delete_item, "001", "p1")

    feed = await sdk.all(container.query_items_change_feed(start_time="Beginning"))

    assert sorted(item["id"] for item in feed) == [f"{n:03}" for n in range(40) if n != 1]
    assert next(item for item in feed if item["id"] == "000")["again"]


@pytest.mark.parametrize("size", [1, 2, 7, 100])
async def test_pages_of_any_size_give_the_same_feed(sdk: Sdk, container: Container, size: int) -> None:
    """SDK tests: page sizes are exact; order inside a range is the log's."""
    await _fill(sdk, container, 20)

    whole = await sdk.all(container.query_items_change_feed(start_time="Beginning"))
    paged = await sdk.all(container.query_items_change_feed(start_time="Beginning", max_item_count=size))

    def by_key(item: Item) -> tuple[str, int]:
        return item["pk"], item["_lsn"]

    assert sorted(paged, key=by_key) == sorted(whole, key=by_key)
    assert all(
        [item for item in paged if item["pk"] == key] == [item for item in whole if item["pk"] == key]
        for key in ("p0", "p1")
    )


async def test_a_continuation_goes_on_with_what_came_later(sdk: Sdk, container: Container) -> None:
    """SDK: the etag of the last response is the continuation."""
    await _fill(sdk, container, 10)
    feed = container.query_items_change_feed(start_time="Beginning")
    await sdk.all(feed)
    continuation = container.client_connection.last_response_headers["etag"]

    await sdk.do(container.upsert_item, {"id": "new", "pk": "p1"})
    later = await sdk.all(container.query_items_change_feed(continuation=continuation))

    assert [item["id"] for item in later] == ["new"]


async def test_the_feed_from_now_has_only_what_comes_later(sdk: Sdk, container: Container) -> None:
    """`If-None-Match: *`."""
    await _fill(sdk, container, 5)
    await sdk.all(container.query_items_change_feed(start_time="Now"))
    continuation = container.client_connection.last_response_headers["etag"]

    await sdk.do(container.upsert_item, {"id": "new", "pk": "p1"})
    later = await sdk.all(container.query_items_change_feed(continuation=continuation))

    assert [item["id"] for item in later] == ["new"]


async def test_the_feed_of_one_partition_key(sdk: Sdk, container: Container) -> None:
    """SDK: a key's feed is a slice of its range by effective partition key."""
    await _fill(sdk, container, 21)

    feed = await sdk.all(container.query_items_change_feed(partition_key="p3", start_time="Beginning"))

    assert [item["id"] for item in feed] == ["003", "010", "017"]


async def test_the_feeds_of_all_feed_ranges_are_the_whole_feed(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/change-feed-pull-model: feed ranges in parallel."""
    await _fill(sdk, container, 30, keys=30)

    ranges = await sdk.all(container.read_feed_ranges())
    parts = [await sdk.all(container.query_items_change_feed(feed_range=one, start_time="Beginning")) for one in ranges]

    found = sorted(item["id"] for part in parts for item in part)
    assert found == [f"{n:03}" for n in range(30)]


async def test_the_lsn_grows_within_a_partition(sdk: Sdk, container: Container) -> None:
    """The log of a range is in the order of its writes."""
    for n in (3, 1, 2):
        await sdk.do(container.upsert_item, {"id": str(n), "pk": "x"})

    feed = await sdk.all(container.query_items_change_feed(partition_key="x", start_time="Beginning"))

    assert [item["id"] for item in feed] == ["3", "1", "2"]
    assert feed[0]["_lsn"] < feed[1]["_lsn"] < feed[2]["_lsn"]
