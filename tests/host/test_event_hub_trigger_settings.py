"""Where an Event Hubs trigger gets its settings from, and where its places are kept."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.host.bindings import EventHubTrigger, OtherTrigger, Trigger, function
from local.host.errors import BadSettings
from local.host.event_hub_trigger.checkpoints import Checkpoints
from local.host.event_hub_trigger.connection import IdentityConnection, StringConnection
from local.host.event_hub_trigger.options import EventHubOptions, event_hub_options
from local.host.event_hub_trigger.source import hub_source
from local.host.settings import Settings

STRING = "Endpoint=sb://127.0.0.1;SharedAccessKeyName=k;SharedAccessKey=k;UseDevelopmentEmulator=true"
PLACE = ("namespace", "hub", "$Default")


def trigger(**changed: object) -> Trigger:
    binding = {
        "direction": "IN",
        "type": "eventHubTrigger",
        "name": "scans",
        "connection": "EVENTHUBS",
        "eventHubName": "%HUB%",
        "cardinality": "MANY",
        "dataType": "BINARY",
    }
    return function("f", "id", raw_bindings=[json.dumps(binding | changed)], retry=None).trigger


def options(section: dict[str, object], **settings: str) -> EventHubOptions:
    return event_hub_options(section, Settings.of(settings))


def test_a_trigger_of_many_events_is_run_and_one_of_single_events_is_reported() -> None:
    assert trigger() == EventHubTrigger("scans", "EVENTHUBS", "%HUB%", "$Default", is_text=False)
    assert trigger(dataType="STRING", consumerGroup="g") == EventHubTrigger("scans", "EVENTHUBS", "%HUB%", "g", True)
    assert trigger(cardinality="ONE") == OtherTrigger("scans", "eventHubTrigger")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"EVENTHUBS": STRING}, StringConnection(STRING)),
        ({"AzureWebJobsEVENTHUBS": STRING}, StringConnection(STRING)),
        (
            {"EVENTHUBS__fullyQualifiedNamespace": "n", "EVENTHUBS__credential": "managedidentity"},
            IdentityConnection("n", "managedidentity"),
        ),
    ],
)
def test_a_connection_is_a_string_or_an_identity(settings: dict[str, str], expected: object) -> None:
    found = trigger()
    assert isinstance(found, EventHubTrigger)

    source = hub_source(found, Settings.of({"HUB": "carrier-events", **settings}), EventHubOptions())

    assert (source.connection, source.hub, source.group) == (expected, "carrier-events", "$Default")
    assert STRING not in repr(source)


@pytest.mark.parametrize("text", ["", "AccountEndpoint=https://x/;AccountKey=k;", "Endpoint=sb://127.0.0.1"])
def test_a_connection_that_cannot_work_is_refused_before_anything_starts(text: str) -> None:
    found = trigger()
    assert isinstance(found, EventHubTrigger)

    with pytest.raises(BadSettings, match="EVENTHUBS"):
        hub_source(found, Settings.of({"HUB": "carrier-events", "EVENTHUBS": text}), EventHubOptions())


def test_options_come_from_host_json_and_app_settings_win() -> None:
    start = {"type": "fromEnqueuedTime", "enqueuedTimeUtc": "2026-01-01T00:00:00Z"}
    section: dict[str, object] = {"maxEventBatchSize": 7, "prefetchCount": 9, "initialOffsetOptions": start}
    name = "AzureFunctionsJobHost__extensions__eventHubs__"

    found = options(section, **{f"{name}prefetchCount": "11", f"{name}loadBalancingUpdateInterval": "00:00:03"})

    assert options({}) == EventHubOptions()
    assert (found.max_batch, found.prefetch, found.balance_every) == (7, 11, timedelta(seconds=3))
    assert found.starts_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert options({"initialOffsetOptions": {"type": "FromEnd"}}).starts_at == "@latest"


@pytest.mark.parametrize(
    "section",
    [
        {"maxEventBatchSize": 0},
        {"prefetchCount": "many"},
        {"initialOffsetOptions": {"type": "fromSomewhere"}},
        {"initialOffsetOptions": {"type": "fromEnqueuedTime"}},
        {"loadBalancingUpdateInterval": "soon"},
    ],
)
def test_options_that_cannot_be_read_are_refused(section: dict[str, object]) -> None:
    with pytest.raises(BadSettings):
        options(section)


def owner(name: str, **more: object) -> dict[str, Any]:
    names = ("fully_qualified_namespace", "eventhub_name", "consumer_group", "partition_id")
    return {**dict(zip(names, (*PLACE, "0"), strict=True)), "owner_id": name, **more}


async def test_of_two_hosts_that_claim_a_partition_one_gets_it(tmp_path: Path) -> None:
    one, other = Checkpoints(tmp_path / "places"), Checkpoints(tmp_path / "places")

    (claimed,) = await one.claim_ownership([owner("one")])
    late = await other.claim_ownership([owner("other")])
    (renewed,) = await one.claim_ownership([claimed])
    stale = await other.claim_ownership([{**claimed, "owner_id": "other"}])
    (taken,) = await other.claim_ownership([{**renewed, "owner_id": "other"}])

    assert (late, stale) == ([], [])
    assert [row["owner_id"] for row in await one.list_ownership(*PLACE)] == ["other"]
    assert taken["etag"] != renewed["etag"] != claimed["etag"]
    for store in (one, other):
        store.close()


async def test_a_checkpoint_is_there_for_its_group_alone_after_a_restart(tmp_path: Path) -> None:
    store = Checkpoints(tmp_path / "places")
    for number in (4, 5):
        await store.update_checkpoint({**owner(""), "sequence_number": number, "offset": str(100 * number)})
    store.close()

    again = Checkpoints(tmp_path / "places")
    (row,) = await again.list_checkpoints(*PLACE)

    assert (row["partition_id"], row["sequence_number"], row["offset"]) == ("0", 5, "500")
    assert await again.list_checkpoints("namespace", "hub", "another") == []
    again.close()
