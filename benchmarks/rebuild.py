"""A view grown anew from the feed, next to doing the same with the SDK's iterator, pydantic and upserts.

`ORDERS=100000` measures what is claimed; without it, 5 000 orders show the same in a minute. Four of an order's five
events come one after the other, the last one long after, as in life.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, Literal

from azure.cosmos.aio import ContainerProxy, CosmosClient
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from benchmarks.bulk_writer import gathered
from benchmarks.claims import Claim, Ratio, Stretch, median_ratio
from benchmarks.order_pages import CODEC, history
from benchmarks.programs import Program, cosmos, listening
from benchmarks.requests import EMULATOR_KEY
from orders.events import OrderEvent
from projections.order_board import order_board
from shared.cosmos.provision import provision
from shared.kernel import Key, Recorded
from shared.pipeline import ListedGenerations
from shared.ports import ManyRows, RowWrite
from shared.rebuilding import rebuild
from shared.runtime import App, compose
from shared.settings import CosmosConnection, Settings

ORDERS: Final = int(os.environ.get("ORDERS") or "5000")
EVENTS: Final = 5
BY_HAND: Final = min(25_000, ORDERS * EVENTS)
ROUNDS: Final = 5 if ORDERS <= 10_000 else 1  # noqa: PLR2004 - seconds or minutes
DATABASE: Final = "bench"
# How many orders later the last event of one comes.
LATER: Final = ORDERS // 5
A_REQUEST: Final = 1000

type Measured = list[tuple[float, float, float]]


class Strict(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Money(Strict):
    minor: int
    currency: str


class Line(Strict):
    product_id: str
    product_name: str
    quantity: int
    unit_price: Money


class Placed(Strict):
    lines: tuple[Line, ...]
    total: Money
    fingerprint: str = ""


class Amount(Strict):
    amount: Money


class Shipped(Strict):
    by_hand: bool
    tracking_id: str = ""


class Nothing(Strict):
    pass


class Envelope[K: str, D](Strict):
    type: K
    order_id: str
    customer_id: str
    sequence: int
    schema_version: int
    at: str
    data: D
    causation_id: str
    correlation_id: str
    traceparent: str


type Event = (
    Envelope[Literal["OrderPlaced"], Placed]
    | Envelope[Literal["PaymentCaptured"], Amount]
    | Envelope[Literal["OrderShipped"], Shipped]
    | Envelope[Literal["ShipmentRequested", "OrderDelivered"], Nothing]
)
EVENT: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


def events() -> Iterator[RowWrite]:
    """In the order in which they happen, those of many orders mixed."""
    for moment in range(1, ORDERS + LATER):
        at_once = [(moment - sequence, sequence) for sequence in range(1, EVENTS)]
        for number, sequence in (*at_once, (moment - LATER, EVENTS)):
            if 0 <= number < ORDERS:
                event = _history(number)[sequence - 1]
                yield RowWrite(Key(event.stream, f"{sequence:06d}"), CODEC.encode(event), None)


@lru_cache(maxsize=8)
def _history(number: int) -> tuple[Recorded[OrderEvent], ...]:
    return history(f"order-{number:08d}", f"customer-{number % 1000}")


async def fill(many: ManyRows) -> None:
    for some in batched(events(), A_REQUEST, strict=False):
        written = await many.write_all("orders", some)
        assert all(isinstance(each, str) for each in written)


async def grown(app: App) -> float:
    """CPU seconds an event of this process, in which no server is; waiting costs none."""
    work, lists = rebuild(app, order_board.name), ListedGenerations(app.pipeline.engine.rows)
    with Stretch() as stretch:
        progress = await work.grow(order_board.version)
    listed = await lists.read(order_board)
    await lists.write(order_board, replace(listed, now=listed.now.give_up()))
    assert progress.events == ORDERS * EVENTS
    return stretch.cpu / progress.events


async def read(feed: ContainerProxy) -> float:
    """What the SDK's iterator and pydantic spend on their own."""
    with Stretch() as stretch:
        count = len([EVENT.validate_python(item) async for item in _changes(feed)])
    return stretch.cpu / count


async def by_hand(feed: ContainerProxy, view: ContainerProxy) -> float:
    """As one does it: each order once for every thousand events, its row upserted, 32 at a time."""
    rows: dict[str, dict[str, object]] = {}
    with Stretch() as stretch:
        changed: dict[str, None] = {}
        count = 0
        async for item in _changes(feed):
            count += 1
            event = EVENT.validate_python(item)
            rows[event.order_id] = _row(rows.get(event.order_id, {}), event)
            changed[event.order_id] = None
            if len(changed) == A_REQUEST // EVENTS:
                await gathered(view, [rows[name] for name in changed])
                changed = {}
        await gathered(view, [rows[name] for name in changed])
    return stretch.cpu / count


async def _changes(feed: ContainerProxy) -> AsyncIterator[dict[str, Any]]:
    """As many as it takes to know what one costs."""
    count = 0
    async for item in feed.query_items_change_feed(start_time="Beginning", max_item_count=A_REQUEST):
        yield item
        count += 1
        if count == BY_HAND:
            return


def _row(row: dict[str, object], event: Any) -> dict[str, object]:  # noqa: ANN401 - one of many models
    name = event.order_id
    match event.type:
        case "OrderPlaced":
            placed = event.data.model_dump(by_alias=True)
            bucket = f"by-hand-{len(name) % 16:02d}"
            return {"id": name, "bucket": bucket, "customerId": event.customer_id, "status": "pending", **placed}
        case "OrderShipped" | "OrderDelivered":
            return {**row, "status": event.type}
        case _:
            return row


async def rounds(server: Program) -> Measured:
    settings = Settings(CosmosConnection(server.url, EMULATOR_KEY), DATABASE, DATABASE, writes="bulk")
    await provision(settings, Path("infra/containers.json"))
    app = compose(settings)
    async with CosmosClient(server.url, EMULATOR_KEY) as client:
        feed = client.get_database_client(DATABASE).get_container_client("orders")
        assert app.pipeline.engine.many
        await fill(app.pipeline.engine.many)
        view = client.get_database_client(DATABASE).get_container_client(order_board.container)
        found = [(await grown(app), await by_hand(feed, view), await read(feed)) for _ in range(ROUNDS)]
    await app.close()
    return found


@cache
def measured() -> Measured:
    with TemporaryDirectory(dir=".") as folder:
        data = str(Path(folder) / "cosmos.sqlite")
        with listening(cosmos("--ranges", "4", "--data", data)) as server:
            return asyncio.run(rounds(server))


def measure() -> Ratio:
    found = measured()
    ours, theirs, reading = (1e6 * sum(side) / len(found) for side in zip(*found, strict=True))
    detail = (
        f"{ORDERS:,} orders: {ours:.0f} us an event, {theirs:.0f} us by hand, {reading:.0f} us of these only to read"
    )
    return Ratio(median_ratio([(one, other) for one, other, _ in found]), 1 / 1.5, detail)


REBUILD: Final = Claim(
    "rebuild",
    "a rebuild takes 1.5 times the events per core-second of SDK, pydantic and upserts, each with writes",
    measure,
)
