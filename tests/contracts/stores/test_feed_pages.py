"""Raw pages of a change feed are what the SDK reads, through splits and merges too; and a view is rebuilt by them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import aiohttp
import pytest

from orders.events import OrderPlaced, OrderShipped
from projections.order_board import order_board
from shared.cosmos import CosmosFeedPages, CosmosRows
from shared.cosmos.provision import provision
from shared.kernel import Key
from shared.lag import WHOLE, Keys
from shared.pipeline import Project
from shared.pipeline.rebuild.verdict import PARTS
from shared.ports import Item, RowWrite
from shared.rebuilding import rebuild
from shared.runtime import App, compose
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint
from tests.fakes import Clock
from tests.orders import a_line, recorded, usd
from tests.pipeline.worlds import CODEC, text

ORDERS = 40
PLACED, SHIPPED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True)


@pytest.fixture
async def app(cosmos: Endpoint, database: str) -> AsyncIterator[App]:
    settings = Settings(CosmosConnection(cosmos.url, cosmos.key), database, database)
    await provision(settings)
    composed = compose(settings)
    try:
        yield composed
    finally:
        await composed.close()


@pytest.fixture
def pages(app: App, database: str) -> CosmosFeedPages:
    return CosmosFeedPages(CosmosRows(app.account, database))


async def stored(app: App, first: int, last: int) -> list[Item]:
    """Orders with two events each, in the store and in no view."""
    items: list[Item] = [
        CODEC.encode(event)
        for n in range(first, last)
        for event in recorded([PLACED, SHIPPED], stream=f"o{n}", customer=f"c{n}")
    ]
    assert app.pipeline.engine.many
    writes = [RowWrite(Key(str(item["orderId"]), str(item["id"])), item, None) for item in items]
    assert all(isinstance(each, str) for each in await app.pipeline.engine.many.write_all("orders", writes))
    return items


async def rest(pages: CosmosFeedPages, keys: Keys, position: str | None) -> list[tuple[str, str]]:
    """What comes after the position, from whatever ranges have these keys by then."""
    found: list[tuple[str, str]] = []
    while (page := await pages.page("orders", keys, position, most=7)) is not None:
        found += names(page.items)
        if page.reached == page.newest:
            return found
        position = page.position
    for part in await pages.parts("orders", keys):
        found += await rest(pages, part, position)
    return found


def names(items: Sequence[Item]) -> list[tuple[str, str]]:
    return [(str(item["orderId"]), str(item["id"])) for item in items]


async def test_pages_are_what_the_sdk_reads_in_the_same_order(app: App, pages: CosmosFeedPages, database: str) -> None:
    await stored(app, 0, ORDERS)
    feed = app.account.container(database, "orders")

    ours = [one for keys in await pages.parts("orders", WHOLE) for one in await rest(pages, keys, None)]

    assert ours == names([item async for item in feed.query_items_change_feed(start_time="Beginning")])
    assert len(ours) == 2 * ORDERS


async def test_a_position_goes_on_in_every_part_of_a_range_that_was_split_or_merged(
    cosmos: Endpoint, app: App, pages: CosmosFeedPages, database: str, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server splits on demand")
    await stored(app, 0, ORDERS)
    keys, *_ = await pages.parts("orders", WHOLE)
    first = await pages.page("orders", keys, None, most=7)
    assert first
    before = set(names(first.items)) | set(await rest(pages, keys, first.position))

    async with aiohttp.ClientSession(cosmos.url) as session:
        asked = {"container": f"dbs/{database}/colls/orders", "range": "0"}
        async with session.post("/_local/split", json=asked) as answer:
            (low, _) = (await answer.json())["children"]
        split = await rest(pages, keys, first.position)
        async with session.post("/_local/merge", json={**asked, "range": low}) as answer:
            assert answer.status == 200
        merged = [one for half in _halves(keys) for one in await rest(pages, half, first.position)]

    assert set(names(first.items)) | set(split) == before
    assert set(split) <= set(merged) <= before


def _halves(keys: Keys) -> tuple[Keys, Keys]:
    middle = f"{int(keys.high[:2].ljust(2, '0'), 16) // 2:02X}"
    return Keys(keys.low, middle), Keys(middle, keys.high)


async def test_a_view_is_rebuilt_in_a_store_while_its_feed_goes_on(app: App, database: str) -> None:
    clock = Clock()
    work = rebuild(app, "order-board")
    work = replace(
        work, seconds=clock, sleep=clock.sleep, backfill=replace(work.backfill, seconds=clock, sleep=clock.sleep)
    )
    live = Project(order_board)
    await app.pipeline.run(live, text(await stored(app, 0, ORDERS)))

    await work.grow(1)
    app.pipeline.engine.generations._known.clear()  # type: ignore[attr-defined]  # as if it had grown old
    await app.pipeline.run(live, text(await stored(app, ORDERS, ORDERS + 10)))
    promoted = await work.promote()
    app.pipeline.engine.generations._known.clear()  # type: ignore[attr-defined]  # same
    shown = await (await app.views.of(order_board)).total("order-board", _bucket("o0"), of="totalMinor")
    retired = await work.retire()

    assert (promoted.rows, promoted.equal, promoted.differences) == (ORDERS + 10, PARTS, ())
    assert shown.rows > 0
    assert retired == ORDERS + 10
    left = [item async for item in app.account.container(database, "order-board").query_items("SELECT c.bucket FROM c")]
    assert all(str(item["bucket"]).startswith("~") for item in left)


def _bucket(stream: str) -> str:
    key = order_board.key(recorded([PLACED], stream=stream)[0])
    assert key
    return key.partition
