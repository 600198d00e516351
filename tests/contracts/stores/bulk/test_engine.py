"""The engine keeps the same view in bulk as it keeps one by one, on a store in trouble too."""

from collections.abc import Mapping
from time import monotonic
from typing import Any, Literal
from uuid import uuid4

import orjson
import pytest

from orders.events import ORDER_EVENTS, OrderPlaced, OrderShipped
from projections.customer_orders import customer_orders
from shared.cosmos import Account, CosmosEventStore, CosmosRows
from shared.cosmos.bulk import BulkRows, many_written, rows_written
from shared.kernel import Key, Transient
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
from shared.ports import RowStore
from tests.contracts.stores.bulk.control import VIEW, Control
from tests.fakes import FakeBuckets
from tests.orders import EPOCH, a_line, recorded, usd

ORDERS = 60
CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)


def batches(prefix: str) -> tuple[str, ...]:
    """All orders placed, then all shipped, with half of the first batch delivered again."""
    histories = [
        recorded(
            [OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True)],
            stream=f"{prefix}{n}",
            customer=f"c{n % 5}",
        )
        for n in range(ORDERS)
    ]
    placed, shipped = ([CODEC.encode(history[at]) for history in histories] for at in (0, 1))
    return orjson.dumps(placed).decode(), orjson.dumps([*placed[::2], *shipped]).decode()


async def views(account: Account, database: str, rows: RowStore, prefix: str) -> list[Mapping[str, object]]:
    """The rows after both batches, each delivered until it is through, without what the store adds to them."""
    patient = PatientRows(rows, Patience(monotonic))
    engine = Engine(
        CODEC,
        CosmosEventStore(account.container(database, "orders")),
        patient,
        Lanes(patient, nonce=lambda: uuid4().hex, now=lambda: EPOCH),
        Brake(monotonic),
        Ledgers(FakeBuckets()),
        many=many_written(rows),
    )
    pipeline = Pipeline(engine, Suspects(patient, monotonic, max_seconds=30), max_seconds=30)
    for text in batches(prefix):
        while True:
            try:
                await pipeline.run(Project(customer_orders), text)
                break
            except Transient:
                continue
    found = [await rows.read(VIEW, Key(f"c{n % 5}", f"{prefix}{n}")) for n in range(ORDERS)]
    return [
        {name: value for name, value in stored.item.items() if name not in {"id", "orderId"} and name[0] != "_"}
        for stored in found
        if stored
    ]


@pytest.mark.parametrize("way", ["bulk", "auto"])
async def test_a_view_kept_in_bulk_is_the_view_kept_one_by_one(
    account: Account, database: str, points: CosmosRows, control: Control, way: Literal["bulk", "auto"]
) -> None:
    expected = await views(account, database, rows_written(points, "points"), "p")
    await control.trouble(operation="BulkRow", status=429, retry_after_ms=1, probability=0.1)
    await control.trouble(operation="BulkRow", status=503, when="after", probability=0.1, seed=1)
    await control.trouble(operation="Bulk", status=503, when="after", probability=0.2, seed=2)

    rows = rows_written(points, way)

    assert isinstance(rows, BulkRows)
    assert await views(account, database, rows, "b") == expected
    assert len(expected) == ORDERS
    assert await control.times("Bulk") > 0
