"""Consumers that share the partitions of a hub, each going on where its group has come to."""

import asyncio
from typing import Any
from uuid import uuid4

from azure.eventhub import EventData

from tests.contracts.eventhubs.clients import WITHIN_SECONDS, Reading, Sdk
from tests.contracts.eventhubs.stores import AsyncInMemory, InMemory

PARTITIONS = 8


async def send_to_all(sdk: Sdk, *, each: int) -> set[str]:
    """The bodies of events, some in every partition."""
    sent = set()
    async with sdk.producer() as producer:
        for partition in range(PARTITIONS):
            bodies = [f"{uuid4()}" for _ in range(each)]
            await sdk.do(producer.send_batch, [EventData(body) for body in bodies], partition_id=str(partition))
            sent.update(bodies)
    return sent


def partitions_of(*readings: Reading) -> list[set[str]]:
    return [{one.partition for one in reading.events} for reading in readings]


async def test_two_consumers_share_the_partitions_and_a_third_goes_on_where_they_stopped(sdk: Sdk) -> None:
    store = AsyncInMemory() if sdk.is_async else InMemory()
    shared: dict[str, Any] = {"store": store, "checkpoints": True, "load_balancing_interval": 0.3}
    positions = {str(number): await sdk.end_of(str(number)) for number in range(PARTITIONS)}

    async with (
        asyncio.timeout(WITHIN_SECONDS),
        sdk.reading(starting_position=positions, **shared) as one,
        sdk.reading(starting_position=positions, **shared) as other,
    ):
        while not all(partitions_of(one, other)) or len(partitions_of(one, other)[0]) == PARTITIONS:
            sent = await send_to_all(sdk, each=2)
            while not sent <= {*one.bodies, *other.bodies}:
                await asyncio.sleep(0.05)
    before = {*one.bodies, *other.bodies}
    after = await send_to_all(sdk, each=3)
    async with sdk.reading(starting_position=positions, **shared) as third:
        await third.have(lambda it: after <= set(it.bodies))

    assert len(store.checkpoints) == PARTITIONS
    # What was handed over but not checkpointed when the two stopped may come again; the rest may not.
    assert len(before & set(third.bodies)) <= PARTITIONS
    for partition in range(PARTITIONS):
        numbers = [one.sequence for one in third.events if one.partition == str(partition)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
