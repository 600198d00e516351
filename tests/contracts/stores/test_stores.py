"""What the engine relies on, for the stores on Azure Cosmos DB and for the fakes that stand in for them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from shared.cosmos import Account, CosmosEventStore, CosmosPages, CosmosRows
from shared.cosmos.bulk import BulkRows
from shared.cosmos.bulk_support import Assumed
from shared.cosmos.provision import provision
from shared.kernel import Conflict, Key, Misconfigured, Transient
from shared.pipeline.replay.overlay import Stores as Below
from shared.pipeline.replay.overlay import over
from shared.ports import EventStore, PageStore, RowStore
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint
from tests.contracts.stores.bulk.together import Together
from tests.fakes import FakeBatches, FakeEventStore, FakePages, FakeRows

VIEW = "customer-orders"
KEY = Key(partition="c1", id="o1")


@dataclass(frozen=True, slots=True)
class Stores:
    events: EventStore
    rows: RowStore
    pages: PageStore


def settings(cosmos: Endpoint, database: str) -> Settings:
    return Settings(CosmosConnection(cosmos.url, cosmos.key), database, database)


@pytest.fixture(params=["fake", "overlay", "cosmos", "bulk"])
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Stores]:
    if request.param == "fake":
        fake = FakeRows()
        yield Stores(FakeEventStore(), fake, FakePages(fake))
        return
    if request.param == "overlay":
        below = FakeRows()
        batches = FakeBatches(below)
        covered, _ = over(Below(FakeEventStore(), below, batches, batches), events="orders")
        yield Stores(covered.events, covered.rows, FakePages(below))
        return
    cosmos, database = request.getfixturevalue("cosmos"), request.getfixturevalue("database")
    await provision(settings(cosmos, database))
    async with Account(CosmosConnection(cosmos.url, cosmos.key)) as account:
        events = CosmosEventStore(account.container(database, "orders"))
        rows = CosmosRows(account, database)
        many = Together(BulkRows(rows, Assumed()))
        yield Stores(events, many if request.param == "bulk" else rows, CosmosPages(account, database))


def event(sequence: int, *, stream: str = "o1") -> dict[str, object]:
    return {"id": f"{sequence:06d}", "orderId": stream, "sequence": sequence, "type": "Something"}


def row(mark: int, *, order: str = "o1", at: str | None = "2026", customer: str = "c1") -> dict[str, object]:
    body = {"createdAt": at, "orderId": order} if at else {"body": False}
    return {"id": order, "customerId": customer, "mark": mark} | body


async def test_an_unknown_stream_is_empty(stores: Stores) -> None:
    assert await stores.events.read("nobody") == []


async def test_a_stream_reads_in_sequence_and_without_its_private_item(stores: Stores) -> None:
    await stores.events.append("o1", [event(2), {"id": "private", "orderId": "o1"}])
    await stores.events.append("o1", [event(1)])

    found = await stores.events.read("o1")

    assert [item["sequence"] for item in found] == [1, 2]


async def test_a_sequence_is_written_once_and_its_batch_is_all_or_nothing(stores: Stores) -> None:
    await stores.events.append("o1", [event(1)])

    with pytest.raises(Conflict):
        await stores.events.append("o1", [event(2), event(1)])

    assert [item["sequence"] for item in await stores.events.read("o1")] == [1]


async def test_streams_do_not_see_each_other(stores: Stores) -> None:
    await stores.events.append("o1", [event(1)])
    await stores.events.append("o2", [event(1, stream="o2")])

    assert [item["orderId"] for item in await stores.events.read("o2")] == ["o2"]


async def test_a_row_that_is_not_there_reads_as_none(stores: Stores) -> None:
    assert await stores.rows.read(VIEW, KEY) is None


async def test_a_row_is_created_once(stores: Stores) -> None:
    await stores.rows.create(VIEW, KEY, row(1))

    with pytest.raises(Conflict):
        await stores.rows.create(VIEW, KEY, row(2))

    stored = await stores.rows.read(VIEW, KEY)
    assert stored is not None
    assert stored.item["mark"] == 1


async def test_the_same_id_may_live_in_two_partitions(stores: Stores) -> None:
    await stores.rows.create(VIEW, KEY, row(1))
    await stores.rows.create(VIEW, Key("c2", "o1"), row(7, customer="c2"))

    other = await stores.rows.read(VIEW, Key("c2", "o1"))

    assert other is not None
    assert other.item["mark"] == 7


async def test_a_row_is_replaced_only_by_who_has_seen_it_last(stores: Stores) -> None:
    await stores.rows.create(VIEW, KEY, row(1))
    seen = await stores.rows.read(VIEW, KEY)
    assert seen is not None
    await stores.rows.replace(VIEW, KEY, row(2), etag=seen.etag)

    with pytest.raises(Conflict):
        await stores.rows.replace(VIEW, KEY, row(3), etag=seen.etag)

    stored = await stores.rows.read(VIEW, KEY)
    assert stored is not None
    assert stored.item["mark"] == 2


async def test_a_row_that_is_gone_is_not_replaced(stores: Stores) -> None:
    with pytest.raises(Conflict):
        await stores.rows.replace(VIEW, KEY, row(1), etag='"x"')


async def test_an_item_is_deleted_only_by_who_has_seen_it_last(stores: Stores) -> None:
    old = await stores.rows.create(VIEW, KEY, row(1))
    new = await stores.rows.replace(VIEW, KEY, row(2), etag=old)

    with pytest.raises(Conflict):
        await stores.rows.delete(VIEW, KEY, etag=old)
    await stores.rows.delete(VIEW, KEY, etag=new)
    await stores.rows.delete(VIEW, KEY, etag=new)

    assert await stores.rows.read(VIEW, KEY) is None


async def test_a_write_returns_the_etag_that_the_next_read_shows(stores: Stores) -> None:
    created = await stores.rows.create(VIEW, KEY, row(1))
    replaced = await stores.rows.replace(VIEW, KEY, row(2), etag=created)

    stored = await stores.rows.read(VIEW, KEY)

    assert stored is not None
    assert created != replaced == stored.etag


async def test_a_container_that_does_not_exist_is_a_setting_to_mend(cosmos: Endpoint, database: str) -> None:
    async with Account(CosmosConnection(cosmos.url, cosmos.key)) as account:
        with pytest.raises(Misconfigured):
            await CosmosEventStore(account.container(database, "nowhere")).read("o1")
        with pytest.raises(Misconfigured):
            await CosmosRows(account, database).read("nowhere", KEY)
        with pytest.raises(Misconfigured):
            await Together(BulkRows(CosmosRows(account, database), Assumed())).read("nowhere", KEY)
        with pytest.raises(Misconfigured):
            await CosmosPages(account, database).total("nowhere", "c1", of="totalMinor")


async def test_a_wrong_key_is_a_setting_to_mend_and_is_never_shown(cosmos: Endpoint, database: str) -> None:
    wrong = "c2VjcmV0LXNlY3JldC1zZWNyZXQ="
    async with Account(CosmosConnection(cosmos.url, wrong)) as account:
        with pytest.raises(Misconfigured) as refused:
            await CosmosEventStore(account.container(database, "orders")).read("o1")

    assert wrong not in str(refused.value)


async def test_a_store_that_is_away_passes_by_itself() -> None:
    async with Account(CosmosConnection("http://127.0.0.1:9/", "a2V5")) as account:
        with pytest.raises(Transient):
            await CosmosRows(account, "d").read(VIEW, KEY)
        with pytest.raises(Transient):
            await Together(BulkRows(CosmosRows(account, "d"), Assumed())).read(VIEW, KEY)
