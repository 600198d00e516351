"""Whether a store takes bulk requests is found out once, and without them everything works as it does with them."""

import asyncio
import logging
from typing import TYPE_CHECKING, cast

import pytest

from shared.cosmos import CosmosRows
from shared.cosmos.bulk import BulkRows
from shared.cosmos.bulk_support import Probed
from shared.kernel import Key
from tests.contracts.stores.bulk.control import VIEW, Control

if TYPE_CHECKING:
    from azure.cosmos.aio import ContainerProxy

KEYS = [Key("c1", f"o{n}") for n in range(4)]


@pytest.fixture
def rows(points: CosmosRows) -> BulkRows:
    return BulkRows(points, Probed())


async def read_all(rows: BulkRows) -> None:
    assert await asyncio.gather(*(rows.read(VIEW, key) for key in KEYS)) == [None] * len(KEYS)


async def test_a_store_that_takes_them_is_asked_once(rows: BulkRows, control: Control) -> None:
    await read_all(rows)
    await read_all(rows)

    assert (await control.times("Bulk"), await control.times("Read")) == (3, 0)


@pytest.mark.parametrize(
    "refusal",
    [
        {"operation": "Bulk", "status": 400},
        {"operation": "Bulk", "status": 500},
        {"operation": "BulkRow", "status": 424, "every": 2},
    ],
)
async def test_a_store_that_refuses_them_gets_points_for_good_and_the_log_says_so_once(
    rows: BulkRows, control: Control, caplog: pytest.LogCaptureFixture, refusal: dict[str, object]
) -> None:
    await control.trouble(**refusal)
    with caplog.at_level(logging.WARNING):
        await read_all(rows)
    await control.peace()
    probes = await control.times("Bulk")

    await read_all(rows)

    assert (await control.times("Bulk"), await control.times("Read")) == (probes, 2 * len(KEYS))
    assert [record.name for record in caplog.records] == ["orderflow.cosmos"]


@pytest.mark.parametrize("trouble", [{"status": 429}, {"status": 503}, {"drop": True}])
async def test_a_store_in_trouble_is_asked_again(rows: BulkRows, control: Control, trouble: dict[str, object]) -> None:
    await control.trouble(operation="Bulk", **trouble)
    await read_all(rows)
    await control.peace()
    points = await control.times("Read")

    await read_all(rows)

    assert points == len(KEYS)
    assert await control.times("Read") == points


async def test_a_store_that_answers_something_else_takes_none() -> None:
    class Odd:
        """Takes the request for an item to create."""

        id = VIEW

        async def execute_item_batch(self, *_: object, **__: object) -> list[dict[str, str]]:
            return [{"id": "made of a list"}]

    assert not await Probed().is_there(cast("ContainerProxy", Odd()), "0", "c1")
