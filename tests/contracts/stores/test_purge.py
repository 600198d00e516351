"""What is left of a stream that has ended closes its id, on the real store as the engine expects it."""

from collections.abc import AsyncIterator

import pytest
from azure.cosmos.aio import ContainerProxy

from shared.cosmos import Account, CosmosEventStore
from shared.cosmos.event_purge import CosmosPurge
from shared.cosmos.provision import provision
from shared.kernel import Conflict
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint
from tests.contracts.stores.test_stores import event


@pytest.fixture
async def orders(cosmos: Endpoint, database: str) -> AsyncIterator[ContainerProxy]:
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    async with Account(connection) as account:
        yield account.container(database, "orders")


async def test_one_item_is_left_with_its_sequence_and_nobody_opens_the_stream_again(orders: ContainerProxy) -> None:
    events, purge = CosmosEventStore(orders), CosmosPurge(orders)
    await events.append("o1", [event(1), event(2), event(3)])
    keep = event(2) | {"id": "000001"}

    await purge.purge("o1", keep, ["000002", "000003"])

    (left,) = await events.read("o1")
    assert (left["id"], left["sequence"]) == ("000001", 2)
    with pytest.raises(Conflict):
        await events.append("o1", [event(1)])


async def test_what_has_changed_meanwhile_stays_whole(orders: ContainerProxy) -> None:
    events, purge = CosmosEventStore(orders), CosmosPurge(orders)
    await events.append("o1", [event(1), event(2)])

    with pytest.raises(Conflict):
        await purge.purge("o1", event(2) | {"id": "000001"}, ["000002", "000003"])

    assert [item["id"] for item in await events.read("o1")] == ["000001", "000002"]
