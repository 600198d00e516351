"""What provisioning makes of an account: what is declared, and nothing that cannot be undone."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.cosmos import PartitionKey, ThroughputProperties
from azure.cosmos.aio import CosmosClient, DatabaseProxy
from hypothesis import given
from hypothesis import strategies as st

from shared.cosmos.declared import Declared, Live, autoscale, differences
from shared.cosmos.provision import MODEL, compare, provision
from shared.kernel import Misconfigured
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint

PATHS = st.lists(st.sampled_from([f"/p{n}/?" for n in range(6)]), unique=True)
TIMES_TO_LIVE = st.one_of(st.none(), st.just(-1), st.integers(1, 10_000))
ONE = "orders"


@pytest.fixture
def settings(cosmos: Endpoint, database: str) -> Settings:
    return Settings(CosmosConnection(cosmos.url, cosmos.key), database, database)


@pytest.fixture
async def home(cosmos: Endpoint, database: str) -> AsyncIterator[DatabaseProxy]:
    async with CosmosClient(cosmos.url, cosmos.key) as client:
        yield client.get_database_client(database)


def changed(folder: Path, *, max_throughput: int | None = None, **resource: object) -> Path:
    """The model with other properties of one container, as somebody would edit the file."""
    model = json.loads(MODEL.read_text())
    (entry,) = [entry for entry in model["containers"] if entry["name"] == ONE]
    entry["resource"] |= resource
    entry["maxThroughput"] = max_throughput or entry["maxThroughput"]
    (file := folder / f"{uuid4().hex}.json").write_text(json.dumps(model))
    return file


def outcomes(found: tuple[Any, ...]) -> set[str]:
    return {each.outcome for each in found}


def a_container(included: list[str], time_to_live: int | None, **more: object) -> dict[str, Any]:
    return {
        "id": ONE,
        "partitionKey": {"paths": ["/orderId"], "kind": "Hash", "version": 2},
        "indexingPolicy": {"includedPaths": [{"path": path} for path in included], "excludedPaths": [{"path": "/*"}]},
        **({"defaultTtl": time_to_live} if time_to_live else {}),
        **more,
    }


@given(PATHS, TIMES_TO_LIVE)
def test_what_the_account_adds_by_itself_is_no_difference(included: list[str], time_to_live: int | None) -> None:
    wanted = Declared("Store", a_container(included, time_to_live), 4000)
    live = a_container(sorted(included, reverse=True), time_to_live, _rid="x", conflictResolutionPolicy={})
    live["indexingPolicy"]["excludedPaths"].append({"path": '/"_etag"/?'})
    live["indexingPolicy"] |= {"automatic": True, "indexingMode": "consistent"}

    assert differences(wanted, Live(live, autoscale(4000))) == ()


@given(PATHS, PATHS, TIMES_TO_LIVE, TIMES_TO_LIVE)
def test_whatever_differs_is_named(one: list[str], other: list[str], ttl: int | None, other_ttl: int | None) -> None:
    wanted = Declared("Store", a_container(one, ttl), 4000)

    found = differences(wanted, Live(a_container(other, other_ttl), autoscale(4000)))

    expected = {"indexingPolicy"} if set(one) != set(other) else set()
    expected |= {"defaultTtl"} if ttl != other_ttl else set()
    assert {each.setting for each in found} == expected
    assert not any(each.is_fixed for each in found)


async def test_provisioning_twice_changes_nothing(settings: Settings) -> None:
    assert outcomes(await compare(settings)) == {"missing"}

    assert outcomes(await provision(settings)) == {"missing"}

    assert outcomes(await compare(settings)) == {"as declared"}
    assert outcomes(await provision(settings)) == {"as declared"}


async def test_looking_changes_nothing(settings: Settings, home: DatabaseProxy) -> None:
    found = await compare(settings)

    assert outcomes(found) == {"missing"}
    assert [container async for container in home.list_containers()] == []


async def test_what_may_change_is_changed(settings: Settings, home: DatabaseProxy, tmp_path: Path) -> None:
    await provision(settings)
    policy = {"includedPaths": [{"path": "/at/?"}], "excludedPaths": [{"path": "/*"}]}
    edited = changed(tmp_path, max_throughput=6000, defaultTtl=86_400, indexingPolicy=policy)

    (shown,) = [each for each in await compare(settings, edited) if each.outcome != "as declared"]
    await provision(settings, edited)

    assert (shown.outcome, {each.setting for each in shown.differences}) == (
        "differs",
        {"indexingPolicy", "defaultTtl", "throughput"},
    )
    assert outcomes(await compare(settings, edited)) == {"as declared"}
    container = home.get_container_client(ONE)
    assert (await container.get_throughput()).auto_scale_max_throughput == 6000
    live = await container.read()
    assert live["defaultTtl"] == 86_400
    assert live["indexingPolicy"]["includedPaths"] == [{"path": "/at/?"}]


@pytest.mark.parametrize(
    ("fixed", "both"),
    [
        ({"partitionKey": {"paths": ["/customerId"], "kind": "Hash", "version": 2}}, ("/orderId", "/customerId")),
        ({"partitionKey": {"paths": ["/orderId"], "kind": "Hash", "version": 1}}, ('"version": 2', '"version": 1')),
        ({"uniqueKeyPolicy": {"uniqueKeys": [{"paths": ["/sequence"]}]}}, ("[]", "/sequence")),
    ],
)
async def test_a_key_that_would_have_to_change_is_refused_and_nothing_is_done(
    settings: Settings, tmp_path: Path, fixed: dict[str, Any], both: tuple[str, str]
) -> None:
    await provision(settings)
    edited = changed(tmp_path, max_throughput=9000, defaultTtl=5, **fixed)

    with pytest.raises(Misconfigured) as refused:
        await provision(settings, edited)

    assert all(key in str(refused.value) for key in (f"/{ONE}", *both))
    assert outcomes(await compare(settings, edited)) == {"as declared", "refused"}
    assert outcomes(await compare(settings)) == {"as declared"}


async def test_manual_throughput_is_not_made_autoscale_behind_anybodys_back(
    settings: Settings, home: DatabaseProxy
) -> None:
    await home.create_container(ONE, PartitionKey("/orderId"), offer_throughput=400)

    with pytest.raises(Misconfigured, match="manual 400"):
        await provision(settings)

    assert [container["id"] async for container in home.list_containers()] == [ONE]


async def test_containers_that_share_their_databases_throughput_are_left_to_share_it(settings: Settings) -> None:
    async with CosmosClient(settings.cosmos.endpoint, settings.cosmos.key) as client:
        shared = replace(settings, database=f"test-{uuid4().hex[:12]}")
        home = await client.create_database(
            shared.database, offer_throughput=ThroughputProperties(auto_scale_max_throughput=4000)
        )
        await home.create_container("poison", PartitionKey("/lane"), indexing_policy=_policy("poison"), default_ttl=-1)

        (found,) = [each for each in await compare(shared) if each.live]
        await client.delete_database(shared.database)

    assert (found.outcome, found.live and found.live.throughput) == ("as declared", None)


def _policy(name: str) -> dict[str, Any]:
    (entry,) = [entry for entry in json.loads(MODEL.read_text())["containers"] if entry["name"] == name]
    policy: dict[str, Any] = entry["resource"]["indexingPolicy"]
    return policy
