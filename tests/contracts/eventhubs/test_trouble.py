"""Endpoints that die, refuse, lose, delay and repeat: what was accepted is there, and the SDK goes on by itself."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.eventhub import EventData
from azure.eventhub.exceptions import EventHubError

from tests.contracts.eventhubs.clients import IMPATIENT, Hubs, Sdk, endpoint
from tests.programs import started

PARTITION = "0"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Hubs]:
    """An endpoint of the case's own, which may have trouble."""
    with endpoint(tmp_path / "log") as (_, hubs):
        yield hubs


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
        return port


async def send(sdk: Sdk, *bodies: str, **options: Any) -> None:  # noqa: ANN401 - the SDK's
    async with sdk.producer(**options) as producer:
        await sdk.do(producer.send_batch, [EventData(body) for body in bodies], partition_id=PARTITION)


@pytest.mark.parametrize("flavour", ["sync", "asyncio"])
async def test_producers_and_consumers_go_on_when_a_killed_endpoint_is_there_again(
    flavour: str, tmp_path: Path
) -> None:
    port, kept = free_port(), ("--data", str(tmp_path / "events"))
    with endpoint(tmp_path / "first.log", *kept, port=port) as (program, hubs):
        sdk = Sdk(flavour, hubs)
        async with (
            sdk.producer(retry_total=10, retry_backoff_max=1) as producer,
            sdk.reading(partition_id=PARTITION, starting_position="-1", load_balancing_interval=1) as reading,
        ):
            await sdk.do(producer.send_event, EventData("before"), partition_id=PARTITION)
            await reading.have(lambda it: it.bodies == ["before"])
            program.kill()
            with endpoint(tmp_path / "second.log", *kept, port=port):
                await sdk.do(producer.send_event, EventData("after"), partition_id=PARTITION)
                await reading.have(lambda it: it.bodies[-1] == "after")

    assert reading.bodies == ["before", "after"]


async def test_every_accepted_event_outlives_a_kill_with_its_place_and_its_time(tmp_path: Path) -> None:
    kept = ("--data", str(tmp_path / "events"))
    with endpoint(tmp_path / "first.log", *kept) as (program, hubs):
        sdk, sent = Sdk("asyncio", hubs), [f"{uuid4()}" for _ in range(50)]
        await send(sdk, *sent)
        async with sdk.reading(partition_id=PARTITION, starting_position="-1") as before:
            await before.have(lambda it: it.bodies == sent)
        program.kill()
    # A death in the middle of a write leaves a part of an entry.
    with (tmp_path / "events").open("ab") as file:
        file.write(b"\0\0\1\0half an entry")

    with endpoint(tmp_path / "second.log", *kept) as (_, hubs):
        await send(Sdk("asyncio", hubs), "one more")
    with endpoint(tmp_path / "third.log", *kept) as (_, hubs):
        async with Sdk("asyncio", hubs).reading(partition_id=PARTITION, starting_position="-1") as after:
            await after.have(lambda it: it.bodies[-1:] == ["one more"])

    assert after.events[:-1] == before.events
    assert [one.sequence for one in after.events] == list(range(len(sent) + 1))
    times = [[one.event.enqueued_time for one in reading.events] for reading in (before, after)]
    assert times[1][:-1] == times[0]


async def test_events_are_forgotten_after_the_retention_time_and_numbers_go_on(tmp_path: Path) -> None:
    kept = ("--data", str(tmp_path / "events"))
    with endpoint(tmp_path / "first.log", *kept) as (program, hubs):
        sdk = Sdk("asyncio", hubs)
        await send(sdk, "old", "old, too")
        hubs.control("POST", "/clock", advance=6 * 86400)
        await send(sdk, "young")
        hubs.control("POST", "/clock", advance=2 * 86400)
        async with sdk.reading(partition_id=PARTITION, starting_position="-1") as reading:
            await reading.have(lambda it: it.events)
        shown = hubs.control()["hubs"]["order-events"][0]
        program.kill()

    assert [(one.sequence, one.body) for one in reading.events] == [(2, "young")]
    assert (shown["first"], shown["next"]) == (2, 3)
    with endpoint(tmp_path / "second.log", *kept) as (_, hubs):
        hubs.control("POST", "/clock", advance=30 * 86400)
        assert hubs.control()["hubs"]["order-events"][0] == {"id": "0", "first": 3, "next": 3}
        await send(Sdk("asyncio", hubs), "new")
        assert hubs.control()["hubs"]["order-events"][0] == {"id": "0", "first": 3, "next": 4}


@pytest.mark.parametrize("act", ["refuse", "drop", "detach"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_send_in_trouble_fails_and_after_it_took_effect_the_event_is_there(
    own: Hubs, act: str, when: str
) -> None:
    sdk = Sdk("asyncio", own)
    own.control("POST", "/faults", operation="send", act=act, when=when, times=1)

    async with sdk.producer(**IMPATIENT) as producer:
        with pytest.raises(EventHubError):
            await sdk.do(producer.send_event, EventData("one"), partition_id=PARTITION)
        await sdk.do(producer.send_event, EventData("two"), partition_id=PARTITION)

    assert own.control()["hubs"]["order-events"][0]["next"] == {"before": 1, "after": 2}[when]
    assert own.control(path="/faults")["faults"] == [{"seen": 1, "hits": 1}]


@pytest.mark.parametrize("act", ["drop", "detach", "delay"])
async def test_a_reader_in_trouble_gets_everything_in_order(own: Hubs, act: str) -> None:
    sdk, sent = Sdk("asyncio", own), [f"{number}" for number in range(40)]
    own.control("POST", "/faults", operation="receive", act=act, every=15, times=2, delay_ms=50)
    await send(sdk, *sent)

    async with sdk.reading(partition_id=PARTITION, starting_position="-1", load_balancing_interval=0.5) as reading:
        await reading.have(lambda it: it.bodies[-1:] == sent[-1:])

    assert reading.bodies == sent
    assert own.control(path="/faults")["faults"][0]["hits"] == 2


async def test_an_event_can_come_twice(own: Hubs) -> None:
    sdk = Sdk("asyncio", own)
    own.control("POST", "/faults", operation="receive", act="duplicate", every=2)
    await send(sdk, "one", "two", "three", "four")

    async with sdk.reading(partition_id=PARTITION, starting_position="-1") as reading:
        await reading.have(lambda it: len(it.events) == 6)

    assert reading.bodies == ["one", "two", "two", "three", "four", "four"]


@pytest.mark.parametrize(
    ("operation", "act"),
    [("connect", "refuse"), ("connect", "drop"), ("attach", "refuse"), ("attach", "delay"), ("request", "drop")],
)
async def test_trouble_on_the_way_in_is_overcome_by_the_retries_of_the_sdk(own: Hubs, operation: str, act: str) -> None:
    own.control("POST", "/faults", operation=operation, act=act, times=1, delay_ms=50, condition="amqp:internal-error")

    await send(Sdk("sync", own), "one", retry_total=5, retry_backoff_max=1)

    assert own.control()["hubs"]["order-events"][0]["next"] == 1
    assert own.control(path="/faults")["faults"][0]["hits"] == 1


async def test_what_cannot_happen_is_refused_by_the_control_port(own: Hubs) -> None:
    for wrong in ({"operation": "send", "act": "duplicate"}, {"operation": "send", "act": "drop", "often": 3}):
        with pytest.raises(AssertionError, match="message"):
            own.control("POST", "/faults", **wrong)

    assert own.control(path="/faults") == {"faults": []}


def test_a_file_that_is_no_log_and_a_hub_that_is_gone_are_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("something else")

    with started("local", "eventhubs", "--data", str(tmp_path / "other"), output=tmp_path / "log") as program:
        assert program.process.wait(timeout=60) == 1

    assert "is not an event log" in program.said
    assert (tmp_path / "other").read_text() == "something else"
