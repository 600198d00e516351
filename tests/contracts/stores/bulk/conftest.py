"""A view on a local server of the test run, read and written in bulk, and a hand on the server."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from shared.cosmos import Account, CosmosRows
from shared.cosmos.bulk import BulkRows
from shared.cosmos.bulk_support import Assumed
from shared.cosmos.provision import provision
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint
from tests.contracts.stores.bulk.control import Control


@pytest.fixture
async def account(cosmos: Endpoint, database: str) -> AsyncIterator[Account]:
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    async with Account(connection) as opened:
        yield opened


@pytest.fixture
def points(account: Account, database: str) -> CosmosRows:
    return CosmosRows(account, database)


@pytest.fixture
def rows(points: CosmosRows) -> BulkRows:
    return BulkRows(points, Assumed())


@pytest.fixture
async def control(request: pytest.FixtureRequest, cosmos: Endpoint, database: str) -> AsyncIterator[Control]:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server has a control API")
    async with aiohttp.ClientSession(cosmos.url) as session:
        hand = Control(session, database)
        yield hand
        await hand.peace()
