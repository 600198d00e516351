"""Every name that code and infrastructure share is the same on both sides."""

import json
from dataclasses import replace
from typing import Any

import pytest

from infra.checks.parity import (
    AGREEMENTS,
    AHEAD,
    OF_THE_HOST,
    Agreement,
    containers_agree,
    functions_agree,
    indexes_agree,
    settings_agree,
)
from infra.checks.plan import get, leaves, texts
from infra.checks.policies.identity import app_settings
from shared.settings import Settings
from tests.infra.environments import ENVIRONMENTS, ROOT, app, plan

CONTAINER = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers"
each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


def declared(file: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((ROOT / "infra" / file).read_text())


@each_environment
@pytest.mark.parametrize("agreement", AGREEMENTS, ids=lambda agreement: agreement.__name__)
def test_code_and_infrastructure_agree(agreement: Agreement, environment: str) -> None:
    assert list(agreement(plan(environment), app(), ROOT)) == []


def test_every_function_that_starts_by_itself_is_listed_and_no_other() -> None:
    listed = {each["name"]: each["trigger"] for each in declared("functions.json")["functions"]}

    assert listed == {name: binding["type"] for name, binding in app().triggers.items()}


@each_environment
def test_every_container_of_the_code_is_deployed_and_no_other(environment: str) -> None:
    deployed = {tuple(each.name.split("/")[1:]) for each in plan(environment).of(CONTAINER)}

    assert deployed == app().containers


@each_environment
def test_every_container_is_keyed_by_what_the_code_writes_beside_the_id(environment: str) -> None:
    deployed = {
        each.name.rsplit("/", 1)[-1]: texts(get(each, "properties", "resource", "partitionKey", "paths"))
        for each in plan(environment).of(CONTAINER)
    }

    assert deployed == {name: (key,) for name, key in {**app().keys, **OF_THE_HOST}.items()}


@each_environment
def test_the_app_starts_with_the_settings_of_either_slot(environment: str) -> None:
    for settings in app_settings(plan(environment)):
        environ = {path.removeprefix("properties."): str(value) for path, value in leaves(settings.body)}

        read = Settings.read(environ)

        assert read.cosmos.key == ""
        assert read.cosmos.client_id
        assert read.eventhubs
        assert (read.eventhubs.connection_string, read.eventhubs.client_id) == ("", read.cosmos.client_id)
        is_staging = "/slots/" in settings.type
        assert read.switched_off == (set(app().triggers) if is_staging else set())


def test_every_feed_reads_the_databases_and_leases_that_are_deployed() -> None:
    settings = declared("settings.json")
    containers = {(each["database"], each["name"]) for each in declared("containers.json")["containers"]}

    for binding in app().triggers.values():
        if binding["type"] == "cosmosDBTrigger":
            lease_database = settings[binding["leaseDatabaseName"].strip("%")]
            assert (settings[binding["databaseName"].strip("%")], binding["containerName"]) in containers
            assert (lease_database, binding["leaseContainerName"]) in containers
            assert binding["connection"] == "COSMOS"


@pytest.mark.parametrize(
    ("agreement", "other"),
    [
        (functions_agree, {"functions": {}}),
        (containers_agree, {"containers": frozenset({("StoreDatabase", "orders")})}),
        (containers_agree, {"keys": {"customer-orders": "/customer"}}),
        (indexes_agree, {"queries": ()}),
        (settings_agree, {"settings": frozenset({"COSMOS_DATABASE", "A_NEW_SETTING"})}),
    ],
)
def test_a_difference_on_the_side_of_the_code_is_noticed(agreement: Agreement, other: dict[str, Any]) -> None:
    changed = replace(app(), **other)

    assert list(agreement(plan("prod"), changed, ROOT))


def test_what_is_declared_ahead_of_the_code_is_declared() -> None:
    hubs = {each["name"] for each in declared("eventhubs.json")["hubs"]}

    assert hubs >= AHEAD


@each_environment
def test_every_hub_and_group_is_deployed_as_declared(environment: str) -> None:
    found = plan(environment)
    kind = "Microsoft.EventHub/namespaces/eventhubs"

    hubs = {each.name.split("/")[1]: get(each, "properties", "partitionCount") for each in found.of(kind)}
    groups = {tuple(each.name.split("/")[1:]) for each in found.of(f"{kind}/consumergroups")}

    assert hubs == {hub["name"]: hub["partitionCount"] for hub in declared("eventhubs.json")["hubs"]}
    assert groups == {
        (hub["name"], group) for hub in declared("eventhubs.json")["hubs"] for group in hub["consumerGroups"]
    }


def test_the_health_probe_of_azure_is_a_route_of_the_app() -> None:
    routes = {binding.get("route") for binding in app().functions.values()}
    paths = {
        str(get(each, "properties", "siteConfig", "healthCheckPath")) for each in plan("prod").of("Microsoft.Web/sites")
    }

    assert paths == {"/health"}
    assert "health" in routes
    assert (ROOT / "host.json").read_text().count('"routePrefix": ""') == 1
