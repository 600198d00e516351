"""What is due is found by its moment, from every range, a bounded number of each at a time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from shared.cosmos import Account, CosmosDue, CosmosRows
from shared.cosmos.provision import provision
from shared.kernel import Key
from shared.ports import DueStore, RowStore
from shared.settings import CosmosConnection, Settings
from tests.fakes import FakeDue, FakeRows

SAGAS, NAME = "sagas", "fulfilment"


@dataclass(frozen=True, slots=True)
class Stores:
    rows: RowStore
    due: DueStore


@pytest.fixture(params=["fake", "cosmos"])
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Stores]:
    if request.param == "fake":
        rows = FakeRows()
        yield Stores(rows, FakeDue(rows))
        return
    cosmos, database = request.getfixturevalue("cosmos"), request.getfixturevalue("database")
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    async with Account(connection) as account:
        yield Stores(CosmosRows(account, database), CosmosDue(account, database))


async def put(stores: Stores, number: int, name: str = NAME, **more: object) -> None:
    order_id = f"o{number:02d}"
    await stores.rows.create(SAGAS, Key(order_id, name), {"id": name, "orderId": order_id, **more})


async def test_what_is_due_comes_with_the_earliest_first(stores: Stores) -> None:
    for number in range(20):
        await put(stores, number, dueAt=f"2026-01-{30 - number:02d}T00:00:00.000000Z")

    found = await stores.due.due(SAGAS, NAME, "2026-01-20T00:00:00.000000Z", 100)

    assert found == [f"o{number:02d}" for number in range(19, 9, -1)]


async def test_what_has_ended_is_never_due(stores: Stores) -> None:
    await put(stores, 1)

    assert await stores.due.due(SAGAS, NAME, "9999", 100) == []


async def test_what_is_due_of_another_saga_is_not_ours(stores: Stores) -> None:
    await put(stores, 1, dueAt="2026-01-01T00:00:00.000000Z")
    await put(stores, 2, "returns", dueAt="2026-01-01T00:00:00.000000Z")

    assert await stores.due.due(SAGAS, NAME, "9999", 100) == ["o01"]
    assert await stores.due.due(SAGAS, "returns", "9999", 100) == ["o02"]


async def test_of_each_range_come_only_so_many_and_the_next_time_the_others(stores: Stores) -> None:
    for number in range(30):
        await put(stores, number, dueAt="2026-01-01T00:00:00.000000Z")

    found = await stores.due.due(SAGAS, NAME, "2026-01-02T00:00:00.000000Z", 1)

    assert 1 <= len(found) == len(set(found)) <= 8
