"""A page of 100 orders through the engine, rows in bulk next to rows one by one: what each costs the worker."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Final
from uuid import uuid4

import orjson

from benchmarks.claims import Claim, Ratio, Stretch, median_ratio
from benchmarks.programs import cosmos, listening
from benchmarks.requests import EMULATOR_KEY
from orders.events import ORDER_EVENTS, Line, OrderEvent, OrderPlaced, OrderShipped
from projections.customer_orders import customer_orders
from shared.cosmos import Account, CosmosBuckets, CosmosEventStore, CosmosRows
from shared.cosmos.bulk import BulkRows, many_written
from shared.cosmos.bulk_support import Assumed
from shared.cosmos.provision import provision
from shared.kernel import Money, Recorded
from shared.pipeline import (
    Brake,
    Engine,
    EventCodec,
    Lanes,
    Ledgers,
    Patience,
    PatientRows,
    Pipeline,
    Project,
    Suspects,
)
from shared.pipeline.patience import Room
from shared.pipeline.runner import CONCURRENT_KEYS
from shared.ports import RowStore
from shared.settings import CosmosConnection, Settings

KEYS: Final = 100
PAGES: Final = 4
ROUNDS: Final = 15
OPERATIONS: Final = 2 * KEYS * PAGES
BOUND: Final = 1 / 3
DATABASE: Final = "bench"

CODEC: Final[EventCodec[Any]] = EventCodec(*ORDER_EVENTS)
BEGAN: Final = datetime(2026, 1, 31, tzinfo=UTC)


def pages(run: str) -> Iterator[str]:
    """Each order gets one event a page: its row is read and created, then read and replaced."""
    price = Money(250, "USD")
    placed = OrderPlaced((Line("tea", "Green tea", 2, price),), price.times(2))
    for sequence in range(1, PAGES + 1):
        body: OrderEvent = placed if sequence == 1 else OrderShipped(by_hand=True)
        at = BEGAN + timedelta(seconds=sequence)
        events = [Recorded(body, f"{run}-{key}", f"customer-{key}", sequence, at) for key in range(KEYS)]
        yield orjson.dumps([dict(CODEC.encode(event)) for event in events]).decode()


def pipeline(account: Account, rows: RowStore) -> Pipeline:
    # All keys at once on both sides: a room that shrinks would measure how busy this machine is.
    patient = PatientRows(
        rows, Patience(monotonic, room=Room(least=CONCURRENT_KEYS, limit=CONCURRENT_KEYS, most=CONCURRENT_KEYS))
    )
    lanes = Lanes(patient, nonce=lambda: uuid4().hex, now=lambda: BEGAN)
    stored = CosmosRows(account, DATABASE)
    ledgers = Ledgers(CosmosBuckets(stored, stored))
    events = CosmosEventStore(account.container(DATABASE, "orders"))
    engine = Engine(CODEC, events, patient, lanes, Brake(monotonic), ledgers, many=many_written(rows))
    return Pipeline(engine, Suspects(patient, monotonic, max_seconds=60), max_seconds=60)


async def spent(side: Pipeline) -> float:
    """CPU seconds of this process, which has the engine and the SDK in it but not the server."""
    texts = list(pages(uuid4().hex))
    with Stretch() as stretch:
        for text in texts:
            await side.run(Project(customer_orders), text)
    return stretch.cpu


async def rounds(url: str) -> list[tuple[float, float]]:
    settings = Settings(CosmosConnection(url, EMULATOR_KEY), DATABASE, DATABASE)
    await provision(settings, Path("infra/containers.json"))
    async with Account(settings.cosmos) as account:
        rows = CosmosRows(account, DATABASE)
        bulk, points = pipeline(account, BulkRows(rows, Assumed())), pipeline(account, rows)
        await spent(bulk), await spent(points)
        return [(await spent(bulk), await spent(points)) for _ in range(ROUNDS)]


def measure() -> Ratio:
    with listening(cosmos("--ranges", "1")) as server:
        pairs = asyncio.run(rounds(server.url))
    bulk, points = (1e6 * sum(side) / ROUNDS / OPERATIONS for side in zip(*pairs, strict=True))
    return Ratio(median_ratio(pairs), BOUND, f"{bulk:.0f} us an operation in bulk, {points:.0f} us one by one")


PAGE_IN_BULK = Claim(
    "page-in-bulk", "a page of 100 orders through the whole engine costs in bulk at most a third", measure
)
