"""No key, connection string or secret in any output, parameter or setting that could be an identity."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from infra.checks.plan import Plan, get, leaves
from infra.checks.policies.identity import app_settings
from infra.checks.policies.secrets import (
    REFERENCED,
    secret_settings_are_references,
    secrets_stay_in_the_vault,
    shows_secret,
)
from infra.checks.template import read
from infra.checks.values import Record, Runtime, Value
from tests.infra.environments import ENVIRONMENTS, ROOT, plan

BICEP = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "infra").rglob("*.bicep*") if path.suffix != ".json"
)
FILES = sorted(
    path for path in (ROOT / "infra").rglob("*") if path.suffix in {".bicep", ".bicepparam", ".json", ".kql"}
)
LONG_KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


def with_output(whole: Plan, value: Value) -> Plan:
    return replace(whole, outputs=Record(whole.outputs.at, {**whole.outputs, "leak": value}))


@pytest.mark.parametrize(
    "value",
    [
        Runtime("account.listKeys().keys[0].value"),
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=<account.listKeys()>",
        "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=abc",
        "https://x.blob.core.windows.net/c?sv=2024&sig=abc",
        LONG_KEY,
    ],
)
def test_what_looks_like_a_secret_is_seen_as_one(value: Value) -> None:
    assert shows_secret(value)
    assert list(secrets_stay_in_the_vault(with_output(plan("prod"), value)))


@each_environment
def test_no_output_setting_or_property_shows_a_secret(environment: str) -> None:
    found = plan(environment)

    shown = [
        (each.name, path)
        for each in found.resources
        if each.type != "Microsoft.KeyVault/vaults/secrets"
        for path, value in leaves(each.body)
        if shows_secret(value)
    ]
    assert shown == []
    assert not any(shows_secret(value) for _, value in leaves(found.outputs))


@each_environment
def test_what_cannot_be_an_identity_is_a_reference_to_the_vault(environment: str) -> None:
    for settings in app_settings(plan(environment)):
        for name in REFERENCED:
            assert str(get(settings, "properties", name)).startswith("@Microsoft.KeyVault(SecretUri=<kv-")
        given = {path.removeprefix("properties.") for path, _ in leaves(settings.body)}
        assert not given & {"COSMOS", "EVENTHUBS", "AzureWebJobsStorage", "APPINSIGHTS_INSTRUMENTATIONKEY"}


@pytest.mark.parametrize("name", ["PAYMENT_API_KEY", "HUB_PASSWORD", "COSMOS_CONNECTIONSTRING"])
def test_a_setting_that_is_named_like_a_secret_is_refused(name: str) -> None:
    found = plan("prod")
    (settings, *_) = app_settings(found)
    given = get(settings, "properties")
    assert isinstance(given, Record)
    worse = replace(settings, body=Record(settings.at, {"properties": Record(settings.at, {**given, name: "x"})}))

    findings = list(secret_settings_are_references(replace(found, resources=(worse,))))

    assert [name in str(finding) for finding in findings] == [True]


def test_no_parameter_takes_a_secret() -> None:
    names = {name for file in BICEP for name in read(ROOT, file).parameters}

    asked = {name for name in names if re.search(r"key|password|token|secret|connection", name, re.IGNORECASE)}
    # The addresses of secrets, and not the secrets.
    assert asked == {"contentSecretUri", "cursorSecretUri"}


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT / "infra").as_posix())
def test_no_file_has_a_key_in_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert text
    assert not re.search(r"[A-Za-z0-9+/]{40,}={1,2}|(AccountKey|SharedAccessKey)=\w{9}|sig=\w{9}", text)
