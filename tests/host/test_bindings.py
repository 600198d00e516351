"""Metadata of the worker library, read into triggers with the extension's defaults."""

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from local.host.bindings import (
    CosmosTrigger,
    Function,
    HttpTrigger,
    OtherTrigger,
    TimerTrigger,
    WarmupTrigger,
    function,
)
from local.host.cosmos_trigger.source import source
from local.host.errors import BadSettings
from local.host.settings import Settings

COSMOS = {
    "direction": "IN",
    "type": "cosmosDBTrigger",
    "name": "docs",
    "connection": "COSMOS",
    "databaseName": "%DB%",
    "containerName": "items",
}
SETTINGS = Settings.of({"COSMOS": "AccountEndpoint=http://localhost:8081/;AccountKey=k;", "DB": "store"})


def made(*bindings: Mapping[str, object]) -> Function:
    return function("f", "id", raw_bindings=[json.dumps(binding) for binding in bindings], retry=None)


def cosmos(**changed: object) -> CosmosTrigger:
    trigger = made(COSMOS | changed).trigger
    assert isinstance(trigger, CosmosTrigger)
    return trigger


def test_a_cosmos_trigger_has_the_defaults_of_the_extension() -> None:
    trigger = cosmos()

    assert (trigger.lease_connection, trigger.lease_database, trigger.lease_container) == ("COSMOS", "%DB%", "leases")
    assert (trigger.poll_delay, trigger.acquire_every) == (timedelta(seconds=5), timedelta(seconds=13))
    assert (trigger.renew_every, trigger.expires_after) == (timedelta(seconds=17), timedelta(seconds=60))
    assert (trigger.max_items, trigger.starts_at_beginning, trigger.mode) == (None, False, "LatestVersion")


def test_zero_and_text_mean_what_the_extension_makes_of_them() -> None:
    trigger = cosmos(feedPollDelay=0, leaseAcquireInterval="300", maxItemsPerInvocation=100, startFromBeginning="True")

    assert (trigger.poll_delay, trigger.acquire_every) == (timedelta(seconds=5), timedelta(milliseconds=300))
    assert (trigger.max_items, trigger.starts_at_beginning) == (100, True)


def test_a_setting_in_a_number_is_refused_since_the_host_does_not_resolve_it() -> None:
    with pytest.raises(BadSettings, match="feedPollDelay"):
        cosmos(feedPollDelay="%POLL%")


def test_settings_are_resolved_where_the_extension_resolves_them() -> None:
    settings = Settings.of({**SETTINGS.values, "P": "p1-", "L": "West US, East US", "T": "2026-01-01T00:00:00Z"})

    found = source(cosmos(leaseContainerPrefix="%P%", preferredLocations="%L%", startFromTime="%T%"), settings)

    assert (found.database, found.lease_database, found.lease_prefix) == ("store", "store", "p1-")
    assert found.preferred_locations == ("West US", "East US")
    assert found.starts_at is not None
    assert found.starts_at.isoformat() == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "changed",
    [
        {"leaseContainerName": "items"},
        {"containerName": ""},
        {"startFromTime": "soon"},
        {"startFromTime": "2026-01-01T00:00:00Z", "startFromBeginning": True},
        {"connection": "NOWHERE"},
        {"leaseContainerPrefix": "%NOWHERE%"},
    ],
)
def test_a_trigger_that_cannot_work_is_refused_before_anything_starts(changed: dict[str, object]) -> None:
    with pytest.raises(BadSettings):
        source(cosmos(**changed), SETTINGS)


def test_every_kind_of_trigger_is_told_apart() -> None:
    http_out = {"type": "http", "direction": "OUT", "name": "$return"}

    assert made({"type": "httpTrigger", "name": "req", "methods": ["GET"]}, http_out).trigger == HttpTrigger(
        "req", None, ("GET",)
    )
    assert made({"type": "timerTrigger", "name": "t", "schedule": "* * * * * *"}).trigger == TimerTrigger(
        "t", "* * * * * *", runs_on_startup=False, is_monitored=True
    )
    assert made({"type": "warmupTrigger", "name": "w"}).trigger == WarmupTrigger("w")
    assert made({"type": "eventHubTrigger", "name": "e"}).trigger == OtherTrigger("e", "eventHubTrigger")


def test_a_function_with_a_further_output_is_not_run_since_the_output_would_be_lost() -> None:
    output = {"type": "cosmosDB", "direction": "OUT", "name": "copy"}

    assert made(COSMOS, output).trigger == OtherTrigger("docs", "cosmosDB")
