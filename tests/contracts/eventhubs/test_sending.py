"""Producers: single events, batches, buffers; keys, partitions and sizes."""

from typing import Any
from uuid import uuid4

import pytest
from azure.eventhub import EventData
from azure.eventhub.exceptions import ConnectError, EventDataSendError, EventHubError

from local.eventhubs.partition_key import hash_of, partition_of
from tests.contracts.eventhubs.clients import HUB, IMPATIENT, Sdk

PARTITIONS = 8


def bodies(count: int) -> list[str]:
    run = uuid4().hex[:8]
    return [f"{run}-{number}" for number in range(count)]


async def test_an_event_arrives_as_it_was_sent(sdk: Sdk) -> None:
    before = await sdk.end_of("1")
    event = EventData("tea")
    event.properties = {"type": "OrderPlaced", "count": 3, "exact": True}
    event.message_id, event.content_type, event.correlation_id = "m-1", "application/json", "c-1"

    async with sdk.producer() as producer:
        await sdk.do(producer.send_event, event, partition_id="1")
    async with sdk.reading(partition_id="1", starting_position=before) as reading:
        await reading.have(lambda it: it.events)

    (got,) = reading.events
    assert (got.body, got.sequence, got.key) == ("tea", before + 1, None)
    assert got.event.properties == {b"type": b"OrderPlaced", b"count": 3, b"exact": True}
    assert (got.event.message_id, got.event.content_type) == ("m-1", "application/json")
    assert got.event.correlation_id == "c-1"
    assert got.event.enqueued_time is not None


@pytest.mark.parametrize("key", ["7", "naïve"])
async def test_a_batch_with_a_key_goes_to_the_partition_of_the_key_in_order(sdk: Sdk, key: str) -> None:
    partition = str(partition_of(key, PARTITIONS))
    before, sent = await sdk.end_of(partition), bodies(20)

    async with sdk.producer() as producer:
        batch = await sdk.do(producer.create_batch, partition_key=key)
        for body in sent:
            batch.add(EventData(body))
        await sdk.do(producer.send_batch, batch)
    async with sdk.reading(partition_id=partition, starting_position=before) as reading:
        await reading.have(lambda it: len(it.events) >= len(sent))

    assert reading.bodies == sent
    assert [one.sequence for one in reading.events] == list(range(before + 1, before + 21))
    assert {one.key for one in reading.events} == {key}


def test_keys_have_the_hash_that_the_service_gives_them() -> None:
    """Values of the SDKs' own tests (azure-sdk-for-net, PartitionResolverTests)."""
    known = {"7": -15263, "131": 30562, "7149583486996073602": 12977, "FWfAT": -22341, "sOdeEAsyQoEuEFPGerWO": -6503}

    assert {key: hash_of(key) for key in known} == known
    assert [partition_of("7", count) for count in (1, 2, 4, 8)] == [0, 1, 3, 7]


async def test_events_without_a_key_reach_every_partition_in_turn(sdk: Sdk) -> None:
    before = [await sdk.end_of(str(number)) for number in range(PARTITIONS)]

    async with sdk.producer() as producer:
        for body in bodies(2 * PARTITIONS):
            await sdk.do(producer.send_batch, [EventData(body)])

    assert [await sdk.end_of(str(number)) - old for number, old in enumerate(before)] == [2] * PARTITIONS


async def test_a_buffered_producer_sends_everything_it_was_given(sdk: Sdk) -> None:
    sent, kept, lost = bodies(100), list[str](), list[object]()

    def keep(events: list[EventData], _: object) -> None:
        kept.extend(event.body_as_str() for event in events)

    async def keep_async(events: list[EventData], partition: object) -> None:
        keep(events, partition)

    def lose(*what: object) -> None:
        lost.append(what)

    async def lose_async(*what: object) -> None:
        lose(*what)

    on_success, on_error = (keep_async, lose_async) if sdk.is_async else (keep, lose)
    buffered: dict[str, Any] = {
        "buffered_mode": True,
        "on_success": on_success,
        "on_error": on_error,
        "max_wait_time": 0.2,
    }
    # Closing it sends what is still in the buffers.
    async with sdk.producer(**buffered) as producer:
        for number, body in enumerate(sent):
            await sdk.do(producer.send_event, EventData(body), partition_key=f"order-{number % 5}")

    assert lost == []
    assert sorted(kept) == sorted(sent)


async def test_a_message_of_many_frames_arrives_whole(sdk: Sdk) -> None:
    before, body = await sdk.end_of("2"), f"{uuid4()}".ljust(1_000_000, "x")

    async with sdk.producer() as producer:
        await sdk.do(producer.send_event, EventData(body), partition_id="2")
        await sdk.do(producer.send_event, EventData("small"), partition_id="2")
    async with sdk.reading(partition_id="2", starting_position=before) as reading:
        await reading.have(lambda it: len(it.events) == 2)

    assert reading.bodies == [body, "small"]


async def test_a_batch_is_full_at_one_megabyte_and_what_is_larger_is_refused(sdk: Sdk) -> None:
    async with sdk.producer(**IMPATIENT) as producer:
        batch = await sdk.do(producer.create_batch, partition_id="3")
        for _ in range(17):
            batch.add(EventData("x" * 60_000))
        with pytest.raises(ValueError, match="size limit"):
            batch.add(EventData("x" * 60_000))
        before = await sdk.end_of("3")
        await sdk.do(producer.send_batch, batch)
        with pytest.raises(EventDataSendError, match="exceeds the limit"):
            await sdk.do(producer.send_event, EventData("x" * 1_100_000), partition_id="3")
        await sdk.do(producer.send_event, EventData("after"), partition_id="3")

    assert batch.max_size_in_bytes == 1024 * 1024
    assert await sdk.end_of("3") == before + len(batch) + 1


async def test_a_partition_or_a_hub_that_does_not_exist_is_refused(sdk: Sdk) -> None:
    async with sdk.producer(**IMPATIENT) as producer:
        with pytest.raises(EventHubError, match="Invalid partition 8"):
            await sdk.do(producer.send_event, EventData("lost"), partition_id="8")
    async with sdk.producer("no-such-hub", **IMPATIENT) as producer:
        with pytest.raises((ConnectError, EventHubError), match="404"):
            await sdk.do(producer.send_event, EventData("lost"))


async def test_a_hub_and_its_partitions_tell_about_themselves(sdk: Sdk) -> None:
    async with sdk.producer() as producer:
        hub = await sdk.do(producer.get_eventhub_properties)
        await sdk.do(producer.send_event, EventData("tea"), partition_id="4")
        partition = await sdk.do(producer.get_partition_properties, "4")

    assert (hub["eventhub_name"], hub["partition_ids"]) == (HUB, [str(number) for number in range(PARTITIONS)])
    assert (partition["eventhub_name"], partition["id"], partition["is_empty"]) == (HUB, "4", False)
    assert partition["last_enqueued_sequence_number"] >= partition["beginning_sequence_number"]
    assert partition["last_enqueued_time_utc"] >= hub["created_at"]
