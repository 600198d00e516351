"""Event Hubs triggers: batches with what is known about their events, checkpoints, retries, and hubs that go away."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from azure.eventhub import EventData, EventHubProducerClient

from local.eventhubs.partition_key import partition_of
from tests.contracts.eventhubs.clients import Hubs, connection_string, endpoint
from tests.host.conftest import Hosted, Run, ask
from tests.host.test_away import free_port
from tests.programs import until

HUB = "carrier-events"
PARTITIONS = 8
OPTION = "AzureFunctionsJobHost__extensions__eventHubs__"
# Short enough for a test to see an owner expire.
QUICK = {
    f"{OPTION}loadBalancingUpdateInterval": "00:00:01",
    f"{OPTION}partitionOwnershipExpirationInterval": "00:00:03",
}
ENDLESS = '@app.retry(strategy="fixed_delay", max_retry_count="-1", delay_interval="00:00:01")\n'
ONCE_MORE = ENDLESS.replace("-1", "1")
NOTE_BODIES = "for event in events:\n    note(body=event.get_body().decode(), retry=context.retry_context.retry_count)"

type Send = Callable[..., None]


def hub_app(body: str, *, above: str = "", options: str = 'data_type="binary"') -> str:
    """An app with one function `scans(events, context)`."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"""
import typing

@app.function_name("scans")
{above}@app.event_hub_message_trigger(arg_name="events", connection="EVENTHUBS", event_hub_name="%HUB%",
    consumer_group="$Default", cardinality="many", {options})
async def scans(events: typing.List[func.EventHubEvent], context: func.Context) -> None:
{lines}
"""


@pytest.fixture
def hubs(tmp_path: Path) -> Iterator[Hubs]:
    with endpoint(tmp_path / "eventhubs.log") as (_, local):
        yield local


def settings(hubs: Hubs) -> Mapping[str, str]:
    return {"EVENTHUBS": hubs.connection, "HUB": HUB, **QUICK}


def send(hubs: Hubs, *bodies: str, key: str = "one") -> None:
    with EventHubProducerClient.from_connection_string(hubs.connection, eventhub_name=HUB) as producer:
        producer.send_batch([EventData(body) for body in bodies], partition_key=key)


def heard(hosted: Hosted, *bodies: str) -> None:
    for body in bodies:
        hosted.noted(body=body)


def test_a_function_gets_the_events_of_a_partition_with_everything_that_is_known_about_them(
    run: Run, hubs: Hubs
) -> None:
    body = """
for number, event in enumerate(events):
    meta = event.metadata
    note(body=event.get_body().decode(), key=event.partition_key, sequence=event.sequence_number,
        offset=event.offset, at=event.enqueued_time.isoformat(), place=meta["PartitionContext"],
        arrays=[meta[name][number] for name in ("SequenceNumberArray", "PartitionKeyArray", "PropertiesArray")],
        told=sorted(meta["SystemPropertiesArray"][number]))
"""
    partition = str(partition_of("parcel", PARTITIONS))
    with run(hub_app(body), environ=settings(hubs)) as hosted:
        assert hosted.url
        with EventHubProducerClient.from_connection_string(hubs.connection, eventhub_name=HUB) as producer:
            second_event = EventData("second")
            second_event.properties = {"kind": "delivered", "pieces": 2}
            producer.send_batch([EventData("first"), second_event], partition_key="parcel")
        first, second = hosted.noted(body="first"), hosted.noted(body="second")

    assert (first["key"], first["sequence"], first["offset"]) == ("parcel", 0, 0)
    assert (second["sequence"], second["offset"] > 0) == (1, True)
    assert second["arrays"] == [1, "parcel", {"kind": "delivered", "pieces": 2}]
    assert second["place"] == {
        "FullyQualifiedNamespace": hubs.connection.partition("sb://")[2].partition(";")[0],
        "EventHubName": HUB,
        "ConsumerGroup": "$Default",
        "PartitionId": partition,
    }
    assert {"SequenceNumber", "Offset", "OffsetString", "PartitionKey", "EnqueuedTimeUtc"} <= set(second["told"])
    assert "x-opt-sequence-number" in second["told"]
    assert second["at"].endswith("+00:00")


def test_events_of_a_key_come_in_order_and_in_batches_no_larger_than_host_json_says(run: Run, hubs: Hubs) -> None:
    sent = [f"{number:03}" for number in range(50)]
    body = "note(bodies=[event.get_body().decode() for event in events])"
    send(hubs, *sent)

    with run(
        hub_app(body, options='data_type="string"'),
        environ=settings(hubs),
        host_json={"extensions": {"eventHubs": {"maxEventBatchSize": 20}}},
    ) as hosted:
        until(lambda: sum(len(note["bodies"]) for note in hosted.notes()) >= len(sent) or None, what="all events")
        batches = [note["bodies"] for note in hosted.notes()]

    assert [body for batch in batches for body in batch] == sent
    assert max(map(len, batches)) <= 20


def test_a_host_that_is_killed_goes_on_after_its_last_checkpoint(run: Run, hubs: Hubs, tmp_path: Path) -> None:
    options = ("--checkpoints", str(tmp_path / "checkpoints"))
    with run(hub_app(NOTE_BODIES), *options, environ=settings(hubs)) as hosted:
        assert hosted.url
        send(hubs, "before")
        heard(hosted, "before")
        send(hubs, "marker")
        heard(hosted, "marker")
        hosted.program.kill()
    send(hubs, "after")

    with run(hub_app(NOTE_BODIES), *options, environ=settings(hubs)) as hosted:
        heard(hosted, "after")
        assert hosted.program.end() == 0

    # The batch before the last one was checkpointed before the last one was delivered.
    assert [note["body"] for note in hosted.notes()].count("before") == 1


def test_a_host_without_a_file_starts_from_the_beginning_and_says_so(run: Run, hubs: Hubs) -> None:
    send(hubs, "old")
    with run(hub_app(NOTE_BODIES), environ=settings(hubs)) as hosted:
        heard(hosted, "old")
        assert hosted.program.end() == 0

    with run(hub_app(NOTE_BODIES), environ=settings(hubs)) as hosted:
        until(lambda: len(hosted.notes()) == 2 or None, what="the event, again")

    assert [note["body"] for note in hosted.notes()] == ["old", "old"]
    assert "kept in memory" in hosted.program.said


def test_two_hosts_share_the_partitions_and_each_event_comes_to_one_of_them(
    run: Run, hubs: Hubs, tmp_path: Path
) -> None:
    options = ("--checkpoints", str(tmp_path / "checkpoints"))
    body = 'for event in events:\n    note(host=os.environ["HOST_NAME"], body=event.get_body().decode())'
    with (
        run(hub_app(body), *options, environ={**settings(hubs), "HOST_NAME": "a"}) as one,
        run(hub_app(body), *options, environ={**settings(hubs), "HOST_NAME": "b"}) as other,
    ):
        assert one.url
        assert other.url

        def both_have_something() -> bool | None:
            for number in range(PARTITIONS):
                send(hubs, uuid4().hex, key=f"key-{number}")
            return {note["host"] for note in one.notes()} == {"a", "b"} or None

        until(both_have_something, what="events in both hosts")
        assert (one.program.end(), other.program.end()) == (0, 0)


@pytest.mark.parametrize(("above", "attempts"), [(ONCE_MORE, [0, 1]), ("", [0])], ids=["one retry", "no policy"])
def test_a_batch_without_a_retry_left_is_checkpointed_and_lost(
    run: Run, hubs: Hubs, above: str, attempts: list[int]
) -> None:
    fails_on_bad = f'{NOTE_BODIES}\n    if event.get_body() == b"bad":\n        raise ValueError("no")'

    with run(hub_app(fails_on_bad, above=above), environ=settings(hubs)) as hosted:
        assert hosted.url
        send(hubs, "bad")
        until(lambda: "is checkpointed and lost" in hosted.program.said or None, what="the loss of a batch")
        send(hubs, "good")
        heard(hosted, "good")

    assert [note["retry"] for note in hosted.notes() if note["body"] == "bad"] == attempts


def test_an_endless_policy_repeats_until_it_succeeds_and_the_next_batch_waits(run: Run, hubs: Hubs) -> None:
    fails_twice = f"{NOTE_BODIES}\nif context.retry_context.retry_count < 2:\n    raise ValueError('not yet')"

    with run(hub_app(fails_twice, above=ENDLESS), environ=settings(hubs)) as hosted:
        assert hosted.url
        send(hubs, "one")
        hosted.noted(body="one", retry=0)
        send(hubs, "two")
        hosted.noted(body="two", retry=2)

    assert [(note["body"], note["retry"]) for note in hosted.notes()] == [
        (body, retry) for body in ("one", "two") for retry in range(3)
    ]


def test_a_lost_connection_never_makes_two_batches_of_a_partition_run_beside_each_other(run: Run, hubs: Hubs) -> None:
    slow = """
names = [event.get_body().decode() for event in events]
note(begins=names)
await asyncio.sleep(2.5)
note(ends=names)
"""
    with run(hub_app(slow.strip()), environ=settings(hubs)) as hosted:
        assert hosted.url
        send(hubs, "one")
        hosted.noted(begins=["one"])
        hubs.control("POST", "/disconnect")
        send(hubs, "two")
        until(lambda: any("two" in note.get("ends", ()) for note in hosted.notes()) or None, what="the second event")
        notes = hosted.notes()

    assert [next(iter(note)) for note in notes] == ["begins", "ends"] * (len(notes) // 2)
    assert all(first["begins"] == second["ends"] for first, second in zip(notes[::2], notes[1::2], strict=True))


def test_a_hub_that_is_away_is_found_when_it_comes_and_again_when_it_comes_back(run: Run, tmp_path: Path) -> None:
    port = free_port()
    away = Hubs(connection_string(f"127.0.0.1:{port}"))
    kept = ("--data", str(tmp_path / "events"))

    with run(hub_app(NOTE_BODIES), environ=settings(away)) as hosted:
        assert hosted.url
        until(lambda: "is tried again" in hosted.program.said or None, what="a line about the missing hub")
        with endpoint(tmp_path / "first.log", *kept, port=port) as (program, first):
            send(first, "one")
            heard(hosted, "one")
            program.kill()
        with endpoint(tmp_path / "second.log", *kept, port=port) as (_, second):
            send(second, "two")
            heard(hosted, "two")
            assert hosted.program.end() == 0

    assert "Traceback" not in hosted.program.said


def test_a_function_run_by_hand_gets_the_text_of_the_request(run: Run, hubs: Hubs) -> None:
    with run(hub_app(NOTE_BODIES), environ=settings(hubs)) as hosted:
        assert ask("POST", f"{hosted.url}/admin/functions/scans", {"input": "by hand"}) == (202, None)

        heard(hosted, "by hand")


def test_a_missing_connection_is_named_before_anything_starts(run: Run) -> None:
    with run(hub_app(NOTE_BODIES), environ={"HUB": HUB, "EVENTHUBS": ""}) as hosted:
        assert hosted.program.process.wait(timeout=60) == 2

    assert "add the app setting EVENTHUBS" in hosted.program.said
