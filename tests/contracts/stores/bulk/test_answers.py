"""What each answer within a bulk request, and to a whole one, means: the same as to a request of its own."""

import asyncio

import pytest

from shared.cosmos import CosmosRows
from shared.cosmos.bulk import BulkRows
from shared.kernel import Conflict, Failure, Key, Poison, Throttled, Transient, Unknown
from tests.contracts.stores.bulk.control import VIEW, Control
from tests.contracts.stores.bulk.together import Together
from tests.contracts.stores.test_failures import WRITES

KEY, OTHER = Key("c1", "o1"), Key("c1", "o2")


def item(key: Key = KEY, mark: object = 1) -> dict[str, object]:
    return {"id": key.id, "customerId": key.partition, "mark": mark}


@pytest.mark.parametrize(("status", "substatus", "meaning"), WRITES)
async def test_what_an_answer_to_one_write_of_many_means(
    rows: BulkRows, control: Control, status: int, substatus: int, meaning: type[Failure]
) -> None:
    await control.trouble(operation="BulkRow", status=status, substatus=substatus)

    with pytest.raises(Failure) as raised:
        await Together(rows).create(VIEW, KEY, item())

    assert type(raised.value) is meaning


@pytest.mark.parametrize(("status", "substatus"), [(408, 0), (410, 0), (449, 0), (500, 0), (503, 0), (404, 1002)])
async def test_a_read_among_many_has_no_effect_so_its_trouble_is_only_transient(
    rows: BulkRows, control: Control, status: int, substatus: int
) -> None:
    await control.trouble(operation="BulkRow", status=status, substatus=substatus)

    with pytest.raises(Failure) as raised:
        await Together(rows).read(VIEW, KEY)

    assert type(raised.value) is Transient


async def test_one_throttled_operation_says_how_long_to_wait_and_the_others_are_done(
    rows: BulkRows, control: Control
) -> None:
    await control.trouble(operation="BulkRow", status=429, substatus=3200, retry_after_ms=1500, times=1)

    first, second = await asyncio.gather(
        rows.create(VIEW, KEY, item()), rows.create(VIEW, OTHER, item(OTHER)), return_exceptions=True
    )

    assert isinstance(first, Throttled)
    assert first.retry_after == 1.5
    assert isinstance(second, str)


@pytest.mark.parametrize(
    ("status", "of_a_write", "of_a_read"),
    [(429, Throttled, Throttled), (449, Transient, Transient), (503, Unknown, Transient), (408, Unknown, Transient)],
)
async def test_the_trouble_of_a_whole_request_is_that_of_each_in_it(
    rows: BulkRows, control: Control, status: int, of_a_write: type[Failure], of_a_read: type[Failure]
) -> None:
    await control.trouble(operation="Bulk", status=status, retry_after_ms=30)

    write, read = await asyncio.gather(rows.create(VIEW, KEY, item()), rows.read(VIEW, OTHER), return_exceptions=True)

    assert (type(write), type(read)) == (of_a_write, of_a_read)
    assert KEY.id in str(write)
    assert isinstance(read, Transient)
    assert read.retry_after == 0.03


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refusal_of_the_whole_request_is_nobodys_fault_so_each_is_asked_alone(
    rows: BulkRows, control: Control, status: int
) -> None:
    await control.trouble(operation="Bulk", status=status)

    etags = await asyncio.gather(rows.create(VIEW, KEY, item()), rows.create(VIEW, OTHER, item(OTHER)))

    assert all(etags)


async def test_a_request_that_is_too_large_as_a_whole_goes_in_halves(rows: BulkRows, control: Control) -> None:
    await rows.read(VIEW, KEY)
    await control.trouble(operation="Bulk", status=413, times=3)
    keys = [Key("c1", f"o{n}") for n in range(8)]

    etags = await asyncio.gather(*(rows.create(VIEW, key, item(key)) for key in keys))

    assert len(set(etags)) == len(keys)
    assert await control.times("Create") == 2


async def test_a_row_too_large_for_what_the_request_answers_is_read_alone(rows: BulkRows, control: Control) -> None:
    await rows.create(VIEW, KEY, item())
    await control.trouble(operation="BulkRow", status=413, substatus=3402)

    found = await Together(rows).read(VIEW, KEY)

    assert found is not None
    assert found.item["mark"] == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_write_whose_connection_broke_is_unknown_and_a_read_only_transient(
    rows: BulkRows, points: CosmosRows, control: Control, when: str
) -> None:
    await points.read(VIEW, KEY)
    await control.trouble(operation="Bulk", drop=True, when=when)

    write, read = await asyncio.gather(rows.create(VIEW, KEY, item()), rows.read(VIEW, OTHER), return_exceptions=True)

    assert (type(write), type(read)) == (Unknown, Transient)
    assert (await points.read(VIEW, KEY) is not None) == (when == "after")


async def test_a_delete_whose_answer_was_lost_can_be_repeated(rows: BulkRows, control: Control) -> None:
    etag = await rows.create(VIEW, KEY, item())
    await control.trouble(operation="BulkRow", status=503, when="after", times=1)
    with pytest.raises(Unknown):
        await Together(rows).delete(VIEW, KEY, etag=etag)

    await Together(rows).delete(VIEW, KEY, etag=etag)

    assert await rows.read(VIEW, KEY) is None


@pytest.mark.parametrize("mark", [float("nan"), 1 << 70])
async def test_what_cannot_be_written_into_a_bulk_request_unchanged_goes_alone(
    rows: BulkRows, points: CosmosRows, mark: object
) -> None:
    async def fate(store: BulkRows | CosmosRows, key: Key) -> object:
        try:
            await store.create(VIEW, key, item(key, mark))
        except (Conflict, Poison) as refused:
            return type(refused), getattr(refused, "reason", None)
        stored = await store.read(VIEW, key)
        return stored and stored.item["mark"]

    in_company, _ = await asyncio.gather(fate(rows, KEY), rows.read(VIEW, OTHER))

    assert in_company == await fate(points, OTHER)


async def test_a_request_nobody_waits_for_is_given_up(rows: BulkRows, control: Control) -> None:
    await Together(rows).read(VIEW, KEY)
    before = asyncio.all_tasks()
    await control.trouble(operation="Bulk", latency_ms=60_000)
    calls = [asyncio.create_task(rows.read(VIEW, key)) for key in (KEY, OTHER)]
    while len(asyncio.all_tasks()) <= len(before) + len(calls):
        await asyncio.sleep(0)

    for call in calls:
        call.cancel()

    assert all(
        isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*calls, return_exceptions=True)
    )
    async with asyncio.timeout(10):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0.01)


async def test_who_stops_waiting_takes_nothing_from_the_others(rows: BulkRows, control: Control) -> None:
    await Together(rows).read(VIEW, KEY)
    await control.trouble(operation="Bulk", latency_ms=200)
    calls = [asyncio.create_task(rows.create(VIEW, key, item(key))) for key in (KEY, OTHER, Key("c1", "o3"))]
    await asyncio.sleep(0)

    calls[0].cancel()

    first, *others = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert all(isinstance(each, str) for each in others)
