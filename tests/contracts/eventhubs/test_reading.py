"""Consumers: where they start, how fast they are, and what they are told."""

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from azure.eventhub import EventData

from tests.contracts.eventhubs.clients import HUB, Hubs, Received, Sdk

PARTITION = "5"
COUNT = 6


@pytest.fixture
async def six(sdk: Sdk) -> list[Received]:
    """The last six events of a partition."""
    before = await sdk.end_of(PARTITION)
    run = uuid4().hex[:8]
    async with sdk.producer() as producer:
        await sdk.do(
            producer.send_batch, [EventData(f"{run}-{number}") for number in range(COUNT)], partition_id=PARTITION
        )
    async with sdk.reading(partition_id=PARTITION, starting_position=before) as reading:
        await reading.have(lambda it: len(it.events) == COUNT)
    return reading.events


async def test_a_reader_starts_where_it_says(sdk: Sdk, six: list[Received]) -> None:
    third = six[2]
    starts = [(third.sequence, False), (third.sequence, True), (third.offset, False), (third.offset, True)]
    expected = [six[3:], six[2:], six[3:], six[2:]]

    async with AsyncExitStack() as readers:
        readings = [
            await readers.enter_async_context(
                sdk.reading(partition_id=PARTITION, starting_position=start, starting_position_inclusive=is_inclusive)
            )
            for start, is_inclusive in starts
        ]
        for reading in readings:
            await reading.have(lambda it: it.bodies[-1:] == [six[-1].body])

    assert [reading.events for reading in readings] == expected


async def test_a_reader_from_the_beginning_gets_everything_and_one_from_the_end_only_what_comes(
    sdk: Sdk, six: list[Received]
) -> None:
    later = uuid4().hex

    async with (
        sdk.reading(partition_id=PARTITION, starting_position="-1") as everything,
        sdk.reading(partition_id=PARTITION, starting_position="@latest") as news,
        sdk.producer() as producer,
    ):
        await everything.have(lambda it: len(it.events) > six[-1].sequence)
        # A reader is at the end only once it is there: events are sent until it gets one.
        while not news.events:
            await sdk.do(producer.send_event, EventData(later), partition_id=PARTITION)
        await everything.have(lambda it: it.bodies[-1] == later)

    assert [one.sequence for one in everything.events] == list(range(len(everything.events)))
    assert set(news.bodies) == {later}


async def test_a_reader_from_a_time_gets_what_was_enqueued_after_it(sdk: Sdk, six: list[Received]) -> None:
    moment = six[-1].event.enqueued_time
    assert moment is not None
    just_before, just_after = moment - timedelta(milliseconds=1), moment + timedelta(milliseconds=1)

    async with (
        sdk.reading(partition_id=PARTITION, starting_position=just_after) as late,
        sdk.reading(partition_id=PARTITION, starting_position=just_before) as early,
    ):
        await early.have(lambda it: len(it.events) >= COUNT)

    assert early.events[-COUNT:] == six
    assert late.events == []


async def test_a_reader_with_little_credit_gets_everything_in_order(sdk: Sdk) -> None:
    before = await sdk.end_of(PARTITION)
    sent = [f"{number}" for number in range(300)]
    async with sdk.producer() as producer:
        await sdk.do(producer.send_batch, [EventData(body) for body in sent], partition_id=PARTITION)

    async with sdk.reading(partition_id=PARTITION, starting_position=before, prefetch=7) as reading:
        await reading.have(lambda it: len(it.events) == len(sent))

    assert reading.bodies == sent


async def test_a_reader_is_told_how_far_the_partition_has_come(sdk: Sdk, six: list[Received]) -> None:
    async with sdk.reading(
        partition_id=PARTITION, starting_position=six[0].sequence, track_last_enqueued_event_properties=True
    ) as reading:
        await reading.have(lambda it: len(it.events) == COUNT - 1)

    annotations = reading.events[0].event.raw_amqp_message.delivery_annotations
    assert annotations is not None
    assert annotations[b"last_enqueued_sequence_number"] == six[-1].sequence
    assert annotations[b"last_enqueued_offset"] == six[-1].offset.encode()


# The asyncio consumer asks for a refused link again and again and never tells (5.15.1, _receive_task).
@pytest.mark.parametrize("beyond", [2**40, str(2**60)], ids=["sequence number", "offset"])
async def test_a_place_that_the_partition_has_not_reached_is_refused(hubs: Hubs, beyond: int | str) -> None:
    async with Sdk("sync", hubs).reading(partition_id=PARTITION, starting_position=beyond, retry_total=0) as reading:
        await reading.have(lambda it: it.errors)

    assert "is invalid. The last" in str(reading.errors[0])


async def test_a_consumer_group_that_does_not_exist_is_refused(hubs: Hubs) -> None:
    async with Sdk("sync", hubs).reading(HUB, "nobody", partition_id=PARTITION, retry_total=0) as reading:
        await reading.have(lambda it: it.errors)

    assert "could not be found" in str(reading.errors[0])


async def test_the_higher_owner_level_takes_the_partition_and_the_lower_is_kept_out(
    sdk: Sdk, six: list[Received]
) -> None:
    place: dict[str, Any] = {"partition_id": PARTITION, "starting_position": six[0].sequence - 1, "retry_total": 0}

    async with sdk.reading(owner_level=1, **place) as low:
        await low.have(lambda it: it.events)
        async with sdk.reading(owner_level=2, **place) as high:
            await high.have(lambda it: it.events)
            await low.have(lambda it: it.errors)
            async with sdk.reading(owner_level=1, **place) as late, sdk.reading(**place) as shared:
                await late.have(lambda it: it.errors)
                await shared.have(lambda it: it.errors)

    assert "higher epoch" in str(low.errors[0])
    assert all("higher epoch '2' already exists" in str(one.errors[0]) for one in (late, shared))
    assert (late.events, shared.events, high.errors) == ([], [], [])
