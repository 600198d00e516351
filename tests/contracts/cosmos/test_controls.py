"""What a test may ask of the local server besides using it: `/_local`."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.core import MatchConditions
from azure.cosmos import PartitionKey, exceptions

from tests.contracts.cosmos.clients import Container, Control, Sdk, Wire

pytestmark = pytest.mark.usefixtures("local_only")


def link(container: Container) -> str:
    return str(container.container_link)


async def _fill(sdk: Sdk, container: Container, names: range, **more: object) -> None:
    for name in names:
        await sdk.do(container.upsert_item, {"id": str(name), "pk": f"p{name}", **more})


async def test_a_split_moves_no_item_twice_and_loses_none(sdk: Sdk, container: Container, control: Control) -> None:
    """Children go on from the parent's place in the log (SDK: each inherits the parent's continuation)."""
    await _fill(sdk, container, range(40))
    await sdk.all(container.query_items_change_feed(start_time="Beginning"))
    continuation = container.client_connection.last_response_headers["etag"]
    before = await sdk.all(container.query_items("SELECT VALUE c.id FROM c ORDER BY c.id", **sdk.everywhere))

    for name in ("0", "2"):
        assert len(control("POST", "split", container=link(container), range=name)["children"]) == 2
    await _fill(sdk, container, range(40, 60))

    later = await sdk.all(container.query_items_change_feed(continuation=continuation))
    whole = await sdk.all(container.query_items_change_feed(start_time="Beginning"))
    after = await sdk.all(container.query_items("SELECT VALUE c.id FROM c ORDER BY c.id", **sdk.everywhere))
    assert sorted(int(item["id"]) for item in later) == list(range(40, 60))
    assert sorted(int(item["id"]) for item in whole) == list(range(60))
    assert sorted(int(name) for name in before) == list(range(40))
    assert sorted(int(name) for name in after) == list(range(60))


async def test_a_merge_loses_nothing_either(sdk: Sdk, container: Container, control: Control) -> None:
    """learn.microsoft.com/azure/cosmos-db/merge: merged ranges keep their items' places."""
    await _fill(sdk, container, range(30))
    await sdk.all(container.query_items_change_feed(start_time="Beginning"))
    continuation = container.client_connection.last_response_headers["etag"]

    child = control("POST", "merge", container=link(container), range="1")["child"]
    await _fill(sdk, container, range(30, 45))

    ranges = control("GET", f"ranges?container={link(container)}")["ranges"]
    later = await sdk.all(container.query_items_change_feed(continuation=continuation))
    assert [one["parents"] for one in ranges if one["id"] == child] == [[1, 2]]
    assert sorted(int(item["id"]) for item in later) == list(range(30, 45))
    assert len(await sdk.all(container.read_all_items())) == 45


async def test_a_refusal_before_the_effect_and_one_after_it(sdk: Sdk, container: Container, control: Control) -> None:
    """A timed-out write may or may not have happened."""
    fault = {"container": container.id, "operation": "Create", "status": 503, "times": 9}
    control("POST", "faults", **fault, partition=["before"])
    control("POST", "faults", **fault, partition=["after"], when="after")

    for key in ("before", "after"):
        with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
            await sdk.do(container.create_item, {"id": "a", "pk": key})
        assert refused.value.status_code == 503

    assert [item["pk"] for item in await sdk.all(container.read_all_items())] == ["after"]


async def test_every_nth_request_is_hit_and_counted(sdk: Sdk, container: Container, control: Control) -> None:
    """A rule counts what it has seen."""
    control("POST", "faults", container=container.id, operation="Read", status=400, every=3)
    await sdk.do(container.create_item, {"id": "a", "pk": "x"})
    outcomes: list[int | None] = []
    for _ in range(9):
        try:
            await sdk.do(container.read_item, "a", "x")
            outcomes.append(200)
        except exceptions.CosmosHttpResponseError as refused:
            outcomes.append(refused.status_code)

    assert outcomes == [200, 200, 400] * 3
    assert [(one["seen"], one["hits"]) for one in control("GET", "faults")["faults"]] == [(9, 3)]


async def test_a_dropped_connection_after_the_write_leaves_the_write(
    sdk: Sdk, container: Container, control: Control
) -> None:
    """The client cannot know; its asyncio flavour repeats even a create, and then meets its own item."""
    control("POST", "faults", container=container.id, operation="Create", drop=True, when="after", times=1)

    with pytest.raises(Exception, match=r"(?i)connection|disconnected|conflict"):
        await sdk.do(container.create_item, {"id": "a", "pk": "x"})

    assert (await sdk.do(container.read_item, "a", "x"))["id"] == "a"


async def test_latency_delays_and_does_no_more(sdk: Sdk, container: Container, control: Control) -> None:
    """`latency_ms` without a status."""
    control("POST", "faults", container=container.id, operation="Create", latency_ms=200, times=1)
    loop = asyncio.get_running_loop()
    began = loop.time()

    await sdk.do(container.create_item, {"id": "a", "pk": "x"})

    assert loop.time() - began >= 0.2


async def test_a_spent_budget_is_429_and_the_sdk_waits(sdk: Sdk, control: Control) -> None:
    """learn.microsoft.com/azure/cosmos-db/request-units: 429/3200 with x-ms-retry-after-ms."""
    container = await sdk.container(offer_throughput=400)
    control("POST", "limits", on=True)

    for n in range(40):
        await sdk.do(container.upsert_item, {"id": str(n), "pk": "x"})

    control("POST", "limits", on=False)
    used = control("GET", "usage")["operations"]
    assert [one["times"] > 40 for one in used if one["container"] == link(container)] == [True]
    assert len(await sdk.all(container.read_all_items())) == 40


async def test_time_to_live_ends_when_the_clock_says_so(sdk: Sdk, control: Control) -> None:
    """learn.microsoft.com/azure/cosmos-db/time-to-live: expired items are gone for every reader at once."""
    container = await sdk.container(default_ttl=100)
    await sdk.do(container.create_item, {"id": "default", "pk": "x"})
    await sdk.do(container.create_item, {"id": "short", "pk": "x", "ttl": 10})
    await sdk.do(container.create_item, {"id": "endless", "pk": "x", "ttl": -1})

    async def living() -> list[str]:
        queried = await sdk.all(container.query_items("SELECT VALUE c.id FROM c", partition_key="x"))
        fed = await sdk.all(container.query_items_change_feed(start_time="Beginning"))
        assert queried == [item["id"] for item in fed]
        return queried

    assert await living() == ["default", "short", "endless"]
    control("POST", "clock", advance=11)
    assert await living() == ["default", "endless"]
    again = await sdk.do(container.create_item, {"id": "short", "pk": "x"})
    control("POST", "clock", advance=100)
    assert await living() == ["endless"]
    assert again["id"] == "short"


async def test_time_to_live_follows_the_container(sdk: Sdk, control: Control) -> None:
    """Switching it off keeps what would have expired; switching it on counts from `_ts`."""
    container = await sdk.container()
    await sdk.do(container.create_item, {"id": "a", "pk": "x", "ttl": 5})
    control("POST", "clock", advance=10)
    assert len(await sdk.all(container.read_all_items())) == 1

    await sdk.do(sdk.database.replace_container, container.id, PartitionKey("/pk"), default_ttl=-1)

    assert await sdk.all(container.read_all_items()) == []


async def test_stale_reads_are_one_version_old_unless_the_session_saw_more(
    sdk: Sdk, container: Container, control: Control, wire: Wire
) -> None:
    """learn.microsoft.com/azure/cosmos-db/consistency-levels: eventual."""
    control("POST", "stale-reads", on=True)
    await sdk.do(container.create_item, {"id": "a", "pk": "x", "n": 1})
    await sdk.do(container.upsert_item, {"id": "a", "pk": "x", "n": 2})

    def read(**headers: str) -> int:
        path = f"/{link(container)}/docs/a"
        return int(wire("GET", path, x_ms_documentdb_partitionkey='["x"]', **headers).json["n"])

    seen = container.client_connection.last_response_headers["x-ms-session-token"]
    assert read() == 2
    assert read(x_ms_consistency_level="Eventual") == 1
    assert read(x_ms_consistency_level="Session", x_ms_session_token=seen) == 2


async def test_a_snapshot_brings_everything_back(sdk: Sdk, control: Control) -> None:
    """For tests that want the same start many times."""
    container = await sdk.container()
    await _fill(sdk, container, range(3))
    control("POST", "snapshots", name="three")
    await _fill(sdk, container, range(3, 9))
    await sdk.do(container.delete_item, "0", "p0")

    control("POST", "restore", name="three")

    assert {item["id"] for item in await sdk.all(container.read_all_items())} == {"0", "1", "2"}


async def test_what_operations_cost_is_summed_by_container_and_kind(
    sdk: Sdk, container: Container, control: Control
) -> None:
    """Sums are those of the answers' own request charges."""
    charges = []
    hook = {"response_hook": lambda headers, _: charges.append(float(headers["x-ms-request-charge"]))}
    for n in range(3):
        await sdk.do(container.create_item, {"id": str(n), "pk": "x"}, **hook)

    used = control("GET", "usage")["operations"]

    mine = [one for one in used if one["container"] == link(container) and one["operation"] == "Create"]
    assert [(one["times"], one["charge"]) for one in mine] == [(3, pytest.approx(sum(charges), abs=0.02))]


async def test_a_waiter_is_told_as_soon_as_something_is_written(sdk: Sdk, container: Container, wire: Wire) -> None:
    """`/_local/changes` is what the functions host waits on instead of polling."""
    path = f"/_local/changes?container={link(container)}"
    before = wire("GET", path).json["version"]
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(wire, "GET", f"{path}&after={before}&wait=20")
        await sdk.do(container.create_item, {"id": "a", "pk": "x"})
        told = await asyncio.wrap_future(waiting)

    assert told.json["version"] == before + 1
    assert wire("GET", f"{path}&after={before + 1}&wait=0.05").json["version"] == before + 1
    assert wire("GET", "/_local/changes?container=dbs/no/colls/no").status == 404


async def test_an_unfulfilled_condition_costs_and_changes_nothing(sdk: Sdk, container: Container) -> None:
    """A refused write takes no place in the feed."""
    await sdk.do(container.create_item, {"id": "a", "pk": "x"})
    with pytest.raises(exceptions.CosmosAccessConditionFailedError):
        await sdk.do(
            container.replace_item,
            "a",
            {"id": "a", "pk": "x"},
            etag='"no"',
            match_condition=MatchConditions.IfNotModified,
        )

    feed = await sdk.all(container.query_items_change_feed(start_time="Beginning"))

    assert [item["_lsn"] for item in feed] == [1]
