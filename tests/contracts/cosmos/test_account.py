"""The account, its keys, its databases and containers."""

import pytest
from azure.cosmos import CosmosClient, PartitionKey, ThroughputProperties, exceptions

from tests.contracts.cosmos.clients import Account, Item, Sdk

WRONG_KEY = "d3Jvbmcga2V5IGZvciB0aGlzIGFjY291bnQsIGJ1dCBiYXNlNjQ="


def test_a_wrong_key_is_401(cosmos: Account) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources."""
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused, CosmosClient(cosmos.url, WRONG_KEY) as client:
        list(client.list_databases())

    assert refused.value.status_code == 401


@pytest.mark.usefixtures("local_only")
def test_the_account_is_bounded_staleness_with_one_write_region(cosmos: Account) -> None:
    """SDK source `_cosmos_client_connection.GetDatabaseAccount`: what the client reads of it."""
    with CosmosClient(cosmos.url, cosmos.key) as client:
        account = client.get_database_account()

    assert account.ConsistencyPolicy["defaultConsistencyLevel"] == "BoundedStaleness"
    assert [one["databaseAccountEndpoint"].rstrip("/") for one in account._WritableLocations] == [cosmos.url]


async def test_databases_are_created_once_listed_queried_and_dropped(sdk: Sdk, database: str) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/databases."""
    other = f"{database}-other"
    await sdk.do(sdk.client.create_database, other)

    with pytest.raises(exceptions.CosmosResourceExistsError):
        await sdk.do(sdk.client.create_database, other)
    listed = [one["id"] for one in await sdk.all(sdk.client.list_databases())]
    query = {"query": "SELECT * FROM root r WHERE r.id = @id", "parameters": [{"name": "@id", "value": other}]}
    found = [one["id"] for one in await sdk.all(sdk.client.query_databases(query))]
    await sdk.do(sdk.client.delete_database, other)

    assert {database, other} <= set(listed)
    assert found == [other]
    with pytest.raises(exceptions.CosmosResourceNotFoundError):
        await sdk.do(sdk.client.get_database_client(other).read)


async def test_a_container_answers_what_it_was_given_and_the_defaults(sdk: Sdk) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/create-a-collection."""
    container = await sdk.container(default_ttl=60, unique_key_policy={"uniqueKeys": [{"paths": ["/a"]}]})

    read = await sdk.do(container.read)

    assert read["partitionKey"]["paths"] == ["/pk"]
    assert read["defaultTtl"] == 60
    assert read["indexingPolicy"]["indexingMode"] == "consistent"
    assert {"path": "/*"} in read["indexingPolicy"]["includedPaths"]
    assert {"path": '/"_etag"/?'} in read["indexingPolicy"]["excludedPaths"]
    assert read["conflictResolutionPolicy"]["mode"] == "LastWriterWins"
    assert {"_rid", "_self", "_etag", "_ts", "_docs"} <= set(read)


async def test_a_container_is_created_once_and_listed(sdk: Sdk) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/list-collections."""
    container = await sdk.container()

    with pytest.raises(exceptions.CosmosResourceExistsError):
        await sdk.do(sdk.database.create_container, container.id, PartitionKey("/pk"))
    again = await sdk.do(sdk.database.create_container_if_not_exists, container.id, PartitionKey("/pk"))
    await sdk.do(sdk.database.delete_container, container.id)

    assert again.id == container.id
    assert await sdk.all(sdk.database.list_containers()) == []


async def test_a_replaced_container_keeps_its_key(sdk: Sdk) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/replace-a-collection: the partition key cannot change."""
    container = await sdk.container()
    replace = sdk.database.replace_container

    await sdk.do(replace, container.id, PartitionKey("/pk"), default_ttl=10)
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(replace, container.id, PartitionKey("/other"))

    assert (await sdk.do(container.read))["defaultTtl"] == 10
    assert refused.value.status_code == 400


@pytest.mark.parametrize(
    "options",
    [
        {"default_ttl": 0},
        {"default_ttl": -10},
        {"indexing_policy": {"indexingMode": "none", "automatic": True}},
        {"indexing_policy": {"includedPaths": [{"path": "no slash"}]}},
        {"indexing_policy": {"excludedPaths": [{"path": "/a"}]}},
        {"indexing_policy": {"compositeIndexes": [[{"path": "/a"}]]}},
        {"unique_key_policy": {"uniqueKeys": [{"paths": []}]}},
        {"offer_throughput": 50},
    ],
)
async def test_a_container_that_makes_no_sense_is_refused(sdk: Sdk, options: Item) -> None:
    """learn.microsoft.com/azure/cosmos-db: index-policy, time-to-live, unique-keys, concepts-limits."""
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.container(**options)

    assert refused.value.status_code == 400


async def test_a_client_that_knew_the_old_container_finds_the_new_one(sdk: Sdk) -> None:
    """Substatus 1024 (SDK source `_container_recreate_retry_policy.py`): the client reads the container again."""
    old = await sdk.container()
    await sdk.do(old.create_item, {"id": "a", "pk": "x"})
    await sdk.do(sdk.database.delete_container, old.id)
    await sdk.do(sdk.database.create_container, old.id, PartitionKey("/other"))

    await sdk.do(old.create_item, {"id": "a", "other": "x"})

    assert (await sdk.do(old.read_item, "a", "x"))["other"] == "x"


async def test_throughput_is_read_and_replaced(sdk: Sdk) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/offers; autoscale moves in steps of 1000."""
    manual = await sdk.container(offer_throughput=500)
    scaling = await sdk.container(offer_throughput=ThroughputProperties(auto_scale_max_throughput=4000))

    await sdk.do(manual.replace_throughput, 600)
    await sdk.do(scaling.replace_throughput, ThroughputProperties(auto_scale_max_throughput=5000))

    assert (await sdk.do(manual.get_throughput)).offer_throughput == 600
    assert (await sdk.do(scaling.get_throughput)).auto_scale_max_throughput == 5000
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(manual.replace_throughput, 650 + 1)
    assert refused.value.status_code == 400


async def test_throughput_of_the_database_is_shared(sdk: Sdk, database: str) -> None:
    """learn.microsoft.com/azure/cosmos-db/set-throughput: containers then have no offer of their own."""
    name = f"{database}-shared"
    shared = await sdk.do(sdk.client.create_database, name, offer_throughput=1000)
    try:
        container = await sdk.do(shared.create_container, "c", PartitionKey("/pk"))
        assert (await sdk.do(shared.get_throughput)).offer_throughput == 1000
        # The SDK's tracing stumbles over its own error, which has no message.
        with pytest.raises((exceptions.CosmosResourceNotFoundError, AttributeError)):
            await sdk.do(container.get_throughput)
    finally:
        await sdk.do(sdk.client.delete_database, name)
