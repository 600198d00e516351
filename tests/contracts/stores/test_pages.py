"""What lists rely on, for pages on Azure Cosmos DB and for the fake that stands in for them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from projections.customer_orders import customer_orders
from projections.order_board import order_board
from shared.cosmos import Account, CosmosPages, CosmosRows
from shared.cosmos.provision import provision
from shared.kernel import Key
from shared.ports import Item, PageStore, Place, RowStore, Slice, Total
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint
from tests.fakes import FakePages, FakeRows

BOARD, HISTORY = order_board.container, customer_orders.container
SHOWN = ("orderId", "createdAt", "status", "stale")
EVERYTHING = Slice(("createdAt", "orderId"), shown=SHOWN, limit=10)

# Order, time, status: o1 and o3 are of the same moment, o4 has ended, o5 never began.
ROWS = (("o1", "2026", "pending"), ("o2", "2027", "shipped"), ("o3", "2026", "shipped"), ("o6", "2025", "pending"))


@dataclass(frozen=True, slots=True)
class Stores:
    rows: RowStore
    pages: PageStore

    async def put(self, order: str, at: str, status: str, *, bucket: str = "00") -> None:
        body = {"createdAt": at, "orderId": order, "status": status, "secret": "x"}
        await self.rows.create(BOARD, Key(bucket, order), {"id": order, "bucket": bucket, "mark": 1} | body)

    async def orders(self, wanted: Slice, *, bucket: str = "00") -> list[str]:
        return [str(row["orderId"]) for row in await self.pages.newest(BOARD, bucket, wanted)]


@pytest.fixture(params=["fake", "cosmos"])
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Stores]:
    if request.param == "fake":
        rows = FakeRows()
        yield Stores(rows, FakePages(rows))
        return
    cosmos: Endpoint = request.getfixturevalue("cosmos")
    database: str = request.getfixturevalue("database")
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    async with Account(connection) as account:
        yield Stores(CosmosRows(account, database), CosmosPages(account, database))


@pytest.fixture
async def filled(stores: Stores) -> Stores:
    for order, at, status in ROWS:
        await stores.put(order, at, status)
    await stores.put("o9", "2026", "pending", bucket="01")
    ended: Item = {"id": "o4", "bucket": "00", "mark": 2, "body": False}
    await stores.rows.create(BOARD, Key("00", "o4"), ended)
    await stores.rows.create(BOARD, Key("00", "o5"), {**ended, "id": "o5", "stale": {"reason": "unreadable"}})
    return stores


async def test_the_newest_row_comes_first_and_rows_without_a_body_never(filled: Stores) -> None:
    assert await filled.orders(EVERYTHING) == ["o2", "o3", "o1", "o6"]
    assert await filled.orders(EVERYTHING, bucket="01") == ["o9"]
    assert await filled.orders(EVERYTHING, bucket="02") == []


async def test_a_page_is_cut_at_the_limit(filled: Stores) -> None:
    assert await filled.orders(replace(EVERYTHING, limit=3)) == ["o2", "o3", "o1"]


@pytest.mark.parametrize(
    ("after", "orders"),
    [
        (("2027", "o2"), ["o3", "o1", "o6"]),
        (("2026", "o3"), ["o1", "o6"]),
        (("2026", "o2"), ["o1", "o6"]),
        (("2026", "o1"), ["o6"]),
        (("2025", "o6"), []),
    ],
)
async def test_a_page_goes_on_below_any_place(filled: Stores, after: Place, orders: list[str]) -> None:
    assert await filled.orders(replace(EVERYTHING, after=after)) == orders


@pytest.mark.parametrize(
    ("start", "end", "orders"),
    [
        ("2026", None, ["o2", "o3", "o1"]),
        ("", "2026", ["o3", "o1", "o6"]),
        ("2026", "2026", ["o3", "o1"]),
        ("2028", None, []),
        ("", "2024", []),
    ],
)
async def test_both_ends_are_included(filled: Stores, start: str, end: str | None, orders: list[str]) -> None:
    assert await filled.orders(replace(EVERYTHING, start=start, end=end)) == orders


async def test_a_status_combines_with_ends_and_places(filled: Stores) -> None:
    shipped = replace(EVERYTHING, only={"status": "shipped"})

    assert await filled.orders(shipped) == ["o2", "o3"]
    assert await filled.orders(replace(shipped, end="2026")) == ["o3"]
    assert await filled.orders(replace(shipped, after=("2027", "o2"))) == ["o3"]
    assert await filled.orders(replace(shipped, only={"status": "lost"})) == []


async def test_a_row_shows_what_was_asked_for_and_nothing_else(filled: Stores) -> None:
    (row,) = await filled.pages.newest(BOARD, "01", EVERYTHING)

    assert row == {"orderId": "o9", "createdAt": "2026", "status": "pending"}


async def test_a_total_counts_what_has_the_amount_exactly(stores: Stores) -> None:
    for customer, order, amount in (("c1", "o1", 10), ("c1", "o2", 0), ("c1", "o3", 2**52), ("c2", "o1", 7)):
        item: Item = {"id": order, "customerId": customer, "totalMinor": amount}
        await stores.rows.create(HISTORY, Key(customer, order), item)
    await stores.rows.create(HISTORY, Key("c1", "o4"), {"id": "o4", "customerId": "c1", "body": False})

    assert await stores.pages.total(HISTORY, "c1", of="totalMinor") == Total(3, 2**52 + 10)
    assert await stores.pages.total(HISTORY, "nobody", of="totalMinor") == Total(0, 0)


@pytest.mark.parametrize("name", ["a b", "x; DROP", 'a"]', ""])
async def test_what_is_no_property_never_enters_a_query(cosmos: Endpoint, name: str) -> None:
    async with Account(CosmosConnection(cosmos.url, cosmos.key)) as account:
        pages = CosmosPages(account, "d")
        with pytest.raises(ValueError, match="not the name of a property"):
            await pages.newest(BOARD, "00", replace(EVERYTHING, only={name: "x"}))
        with pytest.raises(ValueError, match="not the name of a property"):
            await pages.total(BOARD, "00", of=name)
