"""The ranges as the SDK reads them for us are those of the store, and operations find them through splits and merges.

The first tests are for a new version of the SDK: what it does not document is checked here on the wire.
"""

import asyncio
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cosmos import CosmosRows
from shared.cosmos.bulk import BulkRows
from shared.cosmos.bulk_operation import Operation
from shared.cosmos.bulk_request import send
from shared.cosmos.ranges import Ranges, effective_key, read_ranges
from shared.kernel import Key, Transient, shards
from tests.contracts.stores.bulk.control import VIEW, Control
from tests.contracts.stores.bulk.together import Together

KEYS = [Key(f"c{n}", "o1") for n in range(120)]


def item(key: Key, mark: int) -> dict[str, object]:
    return {"id": key.id, "customerId": key.partition, "mark": mark}


async def test_the_sdk_reads_the_ranges_that_the_store_has(points: CosmosRows, control: Control) -> None:
    container = await points.container(VIEW)
    first, second, *_ = [str(one["id"]) for one in await control.ranges()]

    await control.split(first)
    await control.merge(second)
    found = await read_ranges(container)

    described = await control.ranges()
    assert found.names == tuple(one["id"] for one in described)
    assert found.lows == tuple(int(one["low"] or "0", 16) for one in described)


async def test_the_sdk_lets_one_request_carry_operations_of_many_partitions_each_for_itself(
    points: CosmosRows, control: Control
) -> None:
    container = await points.container(VIEW)
    ranges = await read_ranges(container)
    name = ranges.names[0]
    mine = [key for key in KEYS if ranges.holding(key.partition) == name]
    wrong = next(key for key in KEYS if ranges.holding(key.partition) != name)
    operations = [Operation("Create", key, item(key, 1)) for key in (*mine, mine[0], wrong)]

    answers = await send(container, name, mine[0].partition, [each.text() for each in operations])

    assert [answer.status for answer in answers] == [201] * len(mine) + [409, 410]
    assert all(answer.is_refused or (answer.etag and answer.charge) for answer in answers)
    assert (await control.times("Bulk"), await control.times("Batch")) == (1, 0)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_keys_are_hashed_as_the_kernel_hashes_them(partition: str) -> None:
    assert effective_key(partition) == shards.effective_key(partition)


def test_ranges_that_were_split_are_left_out_and_a_gap_is_only_for_now() -> None:
    low = {"id": "1", "minInclusive": "", "maxExclusive": "1F", "parents": ["0"]}
    high = {"id": "2", "minInclusive": "1F", "maxExclusive": "FF", "parents": ["0"]}
    parent = {"id": "0", "minInclusive": "", "maxExclusive": "FF", "parents": []}

    assert Ranges.of([high, parent, low]) == Ranges((0, 0x1F << 120), ("1", "2"))
    with pytest.raises(Transient):
        Ranges.of([high])


async def test_an_operation_follows_its_key_through_splits_and_merges(rows: BulkRows, control: Control) -> None:
    etags = await asyncio.gather(*(rows.create(VIEW, key, item(key, 0)) for key in KEYS))
    for round_ in range(3):
        first, second, *_ = [str(one["id"]) for one in await control.ranges()]
        await (control.split(first) if round_ != 1 else control.merge(first))
        await control.split(second) if round_ == 0 else None

        etags = await asyncio.gather(
            *(rows.replace(VIEW, key, item(key, round_ + 1), etag=etag) for key, etag in zip(KEYS, etags, strict=True))
        )

    found = await asyncio.gather(*(rows.read(VIEW, key) for key in KEYS))
    assert [stored and stored.item["mark"] for stored in found] == [3] * len(KEYS)


async def test_splits_and_merges_under_load_lose_and_double_nothing(rows: BulkRows, control: Control) -> None:
    marks = dict.fromkeys(KEYS, 0)
    rounds = 6

    async def count(key: Key) -> None:
        etag = await rows.create(VIEW, key, item(key, 0))
        while min(marks.values()) < rounds:
            etag = await rows.replace(VIEW, key, item(key, marks[key] + 1), etag=etag)
            marks[key] += 1

    async def reshape() -> None:
        for round_ in range(rounds):
            while min(marks.values()) < round_:
                await asyncio.sleep(0.001)
            low, middle, *_ = [str(one["id"]) for one in await control.ranges()]
            await (control.split(middle) if round_ % 2 == 0 else control.merge(low))

    async with asyncio.timeout(60):
        await asyncio.gather(*map(count, KEYS), reshape())

    found = await asyncio.gather(*(rows.read(VIEW, key) for key in KEYS))
    assert [stored and stored.item["mark"] for stored in found] == list(marks.values())


async def test_a_range_that_is_always_gone_is_given_up_as_transient(rows: BulkRows, control: Control) -> None:
    key = Key(uuid4().hex, "o1")
    await control.trouble(operation="Bulk", status=410, substatus=1002)

    with pytest.raises(Transient):
        await Together(rows).create(VIEW, key, item(key, 1))
