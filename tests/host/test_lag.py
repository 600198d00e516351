"""The lag of a real consumer, whose leases a host has written, against what the server itself knows of its ranges."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.cosmos.aio import CosmosClient

from shared.cosmos import CosmosFeedLags
from shared.lag import Estimate, FeedLag
from shared.ports import Reader
from tests.conftest import Endpoint
from tests.host.conftest import Run, Store, ask, feed_app
from tests.programs import eventually

LATER = timedelta(seconds=100)
FEED = feed_app("for doc in docs:\n    note(id=doc['id'])", options="feed_poll_delay=250")


async def measured(cosmos: Endpoint, store: Store, *, count_at_most: int = 0, offset: timedelta = LATER) -> Estimate:
    """By an estimator that has just started, with a clock of its own."""
    async with CosmosClient(cosmos.url, cosmos.key) as client:
        database = client.get_database_client(store.settings["DB"])
        lags = CosmosFeedLags(
            database.get_container_client("leases"),
            {"items": database.get_container_client("items")},
            timedelta(seconds=60),
            lambda: datetime.now(UTC) + offset,
        )
        return await lags.estimate([Reader("feed", "items")], count_at_most=count_at_most)


def feed(estimate: Estimate) -> FeedLag:
    (only,) = estimate.feeds
    return only


def by_range(estimate: Estimate) -> Mapping[str, int]:
    return {each.range: each.changes for each in estimate.ranges["feed"]}


def transactions(cosmos: Endpoint, store: Store) -> Mapping[str, int]:
    """The server's own truth: how many transactions each physical range has seen."""
    _, said = ask("GET", f"{cosmos.url}/_local/ranges", {"container": store.link})
    return {each["id"]: each["lsn"] for each in said["ranges"]}


def reshape(cosmos: Endpoint, act: str, store: Store, key_range: str) -> Any:  # noqa: ANN401 - JSON of either act
    status, said = ask("POST", f"{cosmos.url}/_local/{act}", {"container": store.link, "range": key_range})
    assert status == 200
    return said


async def settled(cosmos: Endpoint, store: Store) -> None:
    async def at_its_tail() -> bool | None:
        found = feed(await measured(cosmos, store))
        return (found.leases > 0 and not found.lag) or None

    await eventually(at_its_tail, what="the feed at its tail")


def write(store: Store, start: int, count: int) -> None:
    for number in range(start, start + count):
        store.write(f"{number:03}", pk=f"k{number}")


async def test_30_changes_that_wait_are_30_also_after_a_split_a_merge_and_a_restart(
    run: Run, store: Store, cosmos: Endpoint
) -> None:
    with run(FEED, environ=store.settings) as hosted:
        assert hosted.url
        write(store, 0, 40)
        await settled(cosmos, store)
        assert hosted.program.end() == 0
    before = transactions(cosmos, store)
    write(store, 100, 30)
    waiting = {name: lsn - before[name] for name, lsn in transactions(cosmos, store).items()}

    stopped = await measured(cosmos, store)

    assert sum(waiting.values()) == feed(stopped).lag == 30
    assert by_range(stopped) == waiting
    assert all(LATER.seconds <= each.seconds < LATER.seconds + 60 for each in stopped.ranges["feed"] if each.changes)
    assert (feed(stopped).owned, feed(stopped).unknown, feed(stopped).exact) == (0, 0, False)

    children = reshape(cosmos, "split", store, "1")["children"]
    split, counted = await measured(cosmos, store), await measured(cosmos, store, count_at_most=100)

    assert sum(by_range(counted)[child] for child in children) == waiting["1"]
    assert (feed(counted).lag, feed(counted).exact, feed(counted).unknown) == (30, True, 0)
    # Each child goes on with its parent's numbers, so each may hold all that the parent had.
    assert 30 <= feed(split).lag <= 30 + waiting["1"]
    assert not feed(split).exact

    merged = reshape(cosmos, "merge", store, "2")["child"]
    counted = await measured(cosmos, store, count_at_most=100)

    assert by_range(counted)[merged] == waiting["2"] + waiting["3"]
    assert (feed(counted).lag, feed(counted).exact) == (30, True)

    with run(FEED, environ=store.settings) as again:
        assert again.url
        await settled(cosmos, store)
        assert len(again.notes()) >= 70
        assert again.program.end() == 0
    restarted = await measured(cosmos, store)

    assert (feed(restarted).lag, feed(restarted).seconds, feed(restarted).exact) == (0, 0.0, True)
    assert {each.lease for each in restarted.leases["feed"]} != {each.lease for each in stopped.leases["feed"]}
    write(store, 200, 30)
    assert feed(await measured(cosmos, store)).lag == 30
