"""Settings, host.json and connections: found as the real host finds them, or refused by name."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from local.host import host_json, settings_file
from local.host.connections import IdentityConnection, KeyConnection, connection
from local.host.errors import BadSettings
from local.host.host_json import HostJson
from local.host.plan import is_disabled
from local.host.settings import Settings

TEXT = "AccountEndpoint=https://acct.documents.azure.com:443/;AccountKey=a2V5==;"
ACCOUNT = KeyConnection("https://acct.documents.azure.com:443/", "a2V5==")


def test_names_in_percent_signs_are_replaced_wherever_they_stand() -> None:
    settings = Settings.of({"DB": "store", "ENV": "test"})

    assert settings.expand("%db%-%ENV%-x") == "store-test-x"
    assert settings.expand("plain") == "plain"


@pytest.mark.parametrize(("text", "said"), [("%NOWHERE%", "NOWHERE"), ("50%", "closing"), ("%%", "resolve")])
def test_what_does_not_resolve_is_named(text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        Settings.of({}).expand(text)


@pytest.mark.parametrize(
    "name",
    [
        "COSMOS",
        "AzureWebJobsCOSMOS",
        "ConnectionStrings__COSMOS",
        "ConnectionStrings:AzureWebJobsCOSMOS",
        "CUSTOMCONNSTR_COSMOS",
    ],
)
def test_a_connection_string_is_found_under_every_name_the_host_looks_at(name: str) -> None:
    assert connection("COSMOS", Settings.of({name: TEXT})) == ACCOUNT


def test_the_prefixed_setting_wins() -> None:
    other = TEXT.replace("acct", "other")

    assert connection("COSMOS", Settings.of({"COSMOS": other, "AzureWebJobsCOSMOS": TEXT})) == ACCOUNT


def test_an_emulator_with_its_own_certificate_is_trusted_when_the_string_says_so() -> None:
    found = connection("C", Settings.of({"C": TEXT + "DisableServerCertificateValidation=True;"}))

    assert found == KeyConnection(ACCOUNT.endpoint, ACCOUNT.key, verify=False)


def test_a_section_names_an_account_reached_with_an_identity() -> None:
    section = {"C__accountEndpoint": ACCOUNT.endpoint, "C__credential": "managedidentity", "C__clientId": "me"}

    assert connection("C", Settings.of(section)) == IdentityConnection(ACCOUNT.endpoint, "managedidentity", "me")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"C": ""},
        {"C": "AccountEndpoint=https://a/;"},
        {"C": "AccountKey=k;"},
        {"C__clientId": "me"},
        {"C": TEXT.replace("https:", "")},
    ],
)
def test_a_missing_part_of_a_connection_is_refused_by_its_name_and_without_its_key(settings: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="C") as refused:
        connection("C", Settings.of(settings))

    assert "a2V5" not in str(refused.value)


def test_a_key_never_shows_in_a_connections_text() -> None:
    assert "a2V5" not in repr(ACCOUNT)


@pytest.mark.parametrize("name", ["AzureWebJobs_feed_Disabled", "AzureWebJobs.feed.Disabled"])
@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("1", True), ("TRUE", True), ("false", False), ("yes", False)]
)
def test_a_function_is_switched_off_by_either_spelling(name: str, value: str, *, expected: bool) -> None:
    assert is_disabled("feed", Settings.of({name: value})) is expected


def test_the_environment_wins_over_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "local.settings.json"
    file.write_text(json.dumps({"Values": {"A": "file", "B": "file"}, "ConnectionStrings": {"C": TEXT}}))
    environment = {"A": "mine"}

    settings_file.load(file, environment)

    assert environment == {"A": "mine", "B": "file", "ConnectionStrings:C": TEXT}
    assert connection("C", Settings.of(environment)) == ACCOUNT


@pytest.mark.parametrize("content", ["[]", "{", '{"IsEncrypted": true}', '{"Values": {"A": 1}}', '{"Values": []}'])
def test_a_settings_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "local.settings.json"
    file.write_text(content)

    with pytest.raises(BadSettings):
        settings_file.load(file, {})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, HostJson("api", timedelta(minutes=30))),
        ({"functionTimeout": "00:10:00"}, HostJson("api", timedelta(minutes=10))),
        ({"functionTimeout": "-1"}, HostJson("api", None)),
        ({"extensions": {"http": {"routePrefix": ""}}}, HostJson("", timedelta(minutes=30))),
        ({"extensions": {"http": {"routePrefix": "/v1/"}}}, HostJson("v1", timedelta(minutes=30))),
    ],
)
def test_host_json_gives_prefix_and_timeout(tmp_path: Path, content: dict[str, object], expected: HostJson) -> None:
    (tmp_path / "host.json").write_text(json.dumps({"version": "2.0"} | content))

    assert host_json.read(tmp_path) == expected


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": "2.0", "functionTimeout": "soon"}'])
def test_a_host_json_that_cannot_be_used_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "host.json").write_text(content)

    with pytest.raises(BadSettings):
        host_json.read(tmp_path)
