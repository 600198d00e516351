"""The app's own sender over the real SDK: keys, order, size, and every trouble the endpoint can make."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from azure.eventhub import EventData

from local.eventhubs.partition_key import partition_of
from shared.eventhubs import Client, Sender
from shared.kernel import Transient
from shared.ports import Hub, Taken
from shared.settings import eventhubs
from tests.contracts.eventhubs.clients import HUB, Hubs, Reading, Sdk, connection_string, endpoint
from tests.contracts.eventhubs.test_trouble import free_port

PARTITIONS = 8
KEYS = [f"ord_{number:032x}" for number in range(40)]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Hubs]:
    """An endpoint of the case's own, which may have trouble."""
    with endpoint(tmp_path / "log") as (_, hubs):
        yield hubs


@asynccontextmanager
async def client_of(connection: str, *, call_seconds: float = 20) -> AsyncIterator[Client]:
    settings = eventhubs({"EVENTHUBS": connection})
    assert settings is not None
    client = Client(settings, HUB, call_seconds=call_seconds)
    try:
        yield client
    finally:
        await client.close()


async def all_of(hubs: Hubs, count: int) -> Reading:
    """Until so many different ones are there; what came again is there as well."""
    async with Sdk("asyncio", hubs).reading(starting_position="-1") as reading:
        await reading.have(lambda it: len({(one.key, one.body) for one in it.events}) >= count)
    return reading


def bodies_of(reading: Reading, key: str) -> list[str]:
    return list(dict.fromkeys(one.body for one in reading.events if one.key == key))


async def test_each_key_goes_in_order_to_the_partition_that_the_service_gives_it(own: Hubs) -> None:
    async with client_of(own.connection) as client:
        sender = Sender(client)
        sent = await asyncio.gather(*(sender.send(key, [b"1", b"2", b"3"]) for key in KEYS))
    async with Sdk("asyncio", own).producer() as producer:
        for key in KEYS:
            await producer.send_event(EventData("by the service"), partition_key=key)

    reading = await all_of(own, 4 * len(KEYS))

    assert sent == [Taken(3)] * len(KEYS)
    assert all(bodies_of(reading, key) == ["1", "2", "3", "by the service"] for key in KEYS)
    assert {(one.key, one.partition) for one in reading.events} == {
        (key, str(partition_of(key, PARTITIONS))) for key in KEYS
    }
    assert {one.event.content_type for one in reading.events if one.body == "1"} == {"application/cloudevents+json"}


async def test_batches_are_filled_to_what_the_link_takes_and_split_there(own: Hubs) -> None:
    large = [letter.encode() * 400_000 for letter in "abcde"]
    async with client_of(own.connection) as client:
        sender = Sender(client)
        assert await sender.send(KEYS[0], large) == Taken(5)
        stuck = await sender.send(KEYS[1], [b"before", b"x" * 1_100_000, b"after"])

    reading = await all_of(own, 6)

    assert [body[0] for body in bodies_of(reading, KEYS[0])] == list("abcde")
    assert (stuck.count, stuck.poison and stuck.poison.reason) == (1, "too_large")
    assert bodies_of(reading, KEYS[1]) == ["before"]


@pytest.mark.parametrize(("act", "when"), [("refuse", "before"), ("drop", "after"), ("detach", "after")])
async def test_what_fails_is_sent_again_before_anything_behind_it(own: Hubs, act: str, when: str) -> None:
    own.control("POST", "/faults", operation="send", act=act, when=when, every=2, times=4)
    async with client_of(own.connection) as client:
        sender = Sender(client)
        await asyncio.gather(*(fed(sender, key) for key in KEYS[:3]))

    reading = await all_of(own, 3 * 6)

    assert own.control(path="/faults")["faults"][0]["hits"] == 4
    assert all(bodies_of(reading, key) == list("123456") for key in KEYS[:3])


async def fed(sender: Hub, key: str) -> None:
    for page in ([b"1", b"2"], [b"3"], [b"4", b"5", b"6"]):
        while True:
            try:
                assert await sender.send(key, page) == Taken(len(page))
                break
            except Transient:
                await asyncio.sleep(0.01)


async def test_an_absent_hub_is_said_to_be_away_and_met_again_when_it_is_there(tmp_path: Path) -> None:
    port = free_port()
    async with client_of(connection_string(f"127.0.0.1:{port}")) as client:
        sender = Sender(client)
        with pytest.raises(Transient):
            await sender.send(KEYS[0], [b"1"])
        kept = ("--data", str(tmp_path / "events"))
        with endpoint(tmp_path / "first.log", *kept, port=port) as (program, _):
            assert await sender.send(KEYS[0], [b"1"]) == Taken(1)
            program.kill()
            with pytest.raises(Transient):
                await sender.send(KEYS[0], [b"2"])
        with endpoint(tmp_path / "second.log", *kept, port=port) as (_, hubs):
            await fed_until_taken(sender, KEYS[0], [b"2", b"3"])
            reading = await all_of(hubs, 3)

    assert bodies_of(reading, KEYS[0]) == ["1", "2", "3"]


async def fed_until_taken(sender: Hub, key: str, page: list[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            assert await sender.send(key, page) == Taken(len(page))
        except Transient:
            await asyncio.sleep(0.05)
        else:
            return
    pytest.fail("the hub is there and takes nothing")


async def test_a_hub_that_does_not_answer_is_given_up_long_before_a_batch_is(own: Hubs) -> None:
    async with client_of(own.connection, call_seconds=6) as client:
        sender = Sender(client)
        assert await sender.send(KEYS[0], [b"1"]) == Taken(1)
        own.control("POST", "/faults", operation="send", act="delay", delay_ms=60_000, times=1)
        with pytest.raises(Transient, match="order-events"):
            await sender.send(KEYS[0], [b"2"])
        assert client.trouble
        assert await sender.send(KEYS[0], [b"2", b"3"]) == Taken(2)
        assert not client.trouble

    reading = await all_of(own, 3)

    assert bodies_of(reading, KEYS[0]) == ["1", "2", "3"]


async def test_a_hub_that_says_nothing_costs_all_who_ask_one_wait() -> None:
    asked: list[str] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append("a connection")
        while await reader.read(1000):
            pass
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    connection = connection_string(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")

    async with client_of(connection, call_seconds=0.5) as client:
        answers = await asyncio.gather(*(client.partitions() for _ in range(5)), return_exceptions=True)
    server.close()
    server.abort_clients()
    await server.wait_closed()

    assert [type(answer) for answer in answers] == [Transient] * 5
    assert len(asked) == 1


async def test_a_hub_that_is_not_there_is_no_fault_of_an_event(own: Hubs) -> None:
    settings = eventhubs({"EVENTHUBS": own.connection})
    assert settings is not None
    client = Client(settings, "no-such-hub")

    with pytest.raises(Transient, match="no-such-hub"):
        await Sender(client).send(KEYS[0], [b"1"])

    await client.close()
