"""The real store behind gateways: our adapters, the real SDK, and the account the tests run against."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from shared.cosmos import Account, CosmosBuckets, CosmosRows
from shared.cosmos.provision import provision
from shared.ports import Item
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint


@dataclass(frozen=True)
class OnCosmos:
    """A `Partitions` beside the `BucketStore`."""

    buckets: CosmosBuckets
    account: Account
    database: str

    async def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        found = self.account.container(self.database, container).query_items("SELECT * FROM c", partition_key=partition)
        async for item in found:
            yield item


@pytest.fixture
async def on_cosmos(cosmos: Endpoint, database: str) -> AsyncIterator[OnCosmos]:
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    async with Account(connection) as account:
        rows = CosmosRows(account, database)
        yield OnCosmos(CosmosBuckets(rows, rows), account, database)
