"""What goes into one bulk request: what comes together, for one range, within the limits."""

import asyncio

import pytest

from shared.cosmos import CosmosRows
from shared.cosmos.bulk import BulkRows
from shared.kernel import Key
from tests.contracts.stores.bulk.control import VIEW, Control
from tests.contracts.stores.bulk.together import Together

KEY = Key("c1", "o1")


@pytest.fixture(autouse=True)
async def warm(rows: BulkRows) -> None:
    await Together(rows).read(VIEW, KEY)


def item(key: Key, *, padding: int = 0) -> dict[str, object]:
    return {"id": key.id, "customerId": key.partition, "padding": "." * padding}


async def test_a_call_that_comes_alone_is_a_request_of_its_own(rows: BulkRows, control: Control) -> None:
    before = await control.times("Bulk")

    etag = await rows.create(VIEW, KEY, item(KEY))
    await rows.replace(VIEW, KEY, item(KEY), etag=etag)

    assert await control.times("Bulk") == before
    assert (await control.times("Create"), await control.times("Replace")) == (1, 1)


async def test_calls_of_the_same_moment_are_one_request_for_each_range(rows: BulkRows, control: Control) -> None:
    keys = [Key(f"c{n}", "o1") for n in range(100)]
    before = await control.times("Bulk")

    found = await asyncio.gather(*(rows.read(VIEW, key) for key in keys))

    assert found == [None] * len(keys)
    assert await control.times("Bulk") == before + len(await control.ranges())


async def test_calls_that_come_a_few_turns_of_the_loop_later_go_along(rows: BulkRows, control: Control) -> None:
    async def late(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await rows.read(VIEW, Key("c1", f"o{turns}"))

    before = await control.times("Bulk")

    await asyncio.gather(*map(late, range(4)))

    assert await control.times("Bulk") == before + 1


async def test_more_than_100_operations_are_several_requests(rows: BulkRows, control: Control) -> None:
    keys = [Key("c1", f"o{n}") for n in range(250)]
    before = await control.times("Bulk")

    await asyncio.gather(*(rows.create(VIEW, key, item(key)) for key in keys))

    assert await control.times("Bulk") == before + 3


async def test_no_request_is_larger_than_220_201_bytes_unless_it_is_one_row(rows: BulkRows, control: Control) -> None:
    sizes = [60_000] * 6 + [400_000]
    keys = [Key("c1", f"o{n}") for n in range(len(sizes))]
    before = await control.times("Bulk")

    await asyncio.gather(
        *(rows.create(VIEW, key, item(key, padding=size)) for key, size in zip(keys, sizes, strict=True))
    )

    assert await control.times("Bulk") == before + 2
    assert await control.times("Create") == 1


async def test_each_answer_comes_to_whom_it_belongs(rows: BulkRows, points: CosmosRows) -> None:
    keys = [Key(f"c{n % 7}", f"o{n}") for n in range(60)]
    there = keys[::2]
    created = dict(zip(there, await asyncio.gather(*(rows.create(VIEW, key, item(key)) for key in there)), strict=True))

    found = dict(zip(keys, await asyncio.gather(*(rows.read(VIEW, key) for key in keys)), strict=True))

    assert {key for key, stored in found.items() if stored} == set(there)
    for key in there:
        stored = found[key]
        assert stored is not None
        assert (stored.item["id"], stored.item["customerId"], stored.etag) == (key.id, key.partition, created[key])
        assert await points.read(VIEW, key) == stored
