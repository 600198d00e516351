"""No secret can be read by looking."""

import re
from collections.abc import Iterator
from typing import Final

from infra.checks.places import Finding
from infra.checks.plan import Plan, amiss, at, get, leaves
from infra.checks.values import Record, Runtime, Value

_SECRETS: Final = "Microsoft.KeyVault/vaults/secrets"
# What a key looks like, written out or asked for.
_LOOKS_SECRET: Final = re.compile(
    r"listKeys|listConnectionStrings|listAccountSas|AccountKey=|SharedAccessKey=|SharedAccessSignature|[?&]sig=|Password="
    r"|(?<![A-Za-z0-9+/_.-])[A-Za-z0-9+/]{40,}={1,2}(?![A-Za-z0-9+/=])",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(r"@Microsoft\.KeyVault\(SecretUri=<[^<>]+\.secretUri>\)")
# Without these the app cannot start, and none of them can be an identity; each is a reference to the vault.
REFERENCED: Final = frozenset({"CURSOR_KEY", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"})
_NAMED_SECRET: Final = re.compile(r"key|secret|password|connectionstring|sas$", re.IGNORECASE)
# Names an endpoint and no key: the component takes nothing without a token.
_HARMLESS: Final = frozenset({"APPLICATIONINSIGHTS_CONNECTION_STRING"})


def secrets_stay_in_the_vault(plan: Plan) -> Iterator[Finding]:
    check = secrets_stay_in_the_vault.__name__
    for resource in plan.resources:
        if resource.type == _SECRETS:
            continue
        for path, value in leaves(resource.body):
            if shows_secret(value):
                yield amiss(resource, check, f"{path} shows a secret", *path.split("."))
    for path, value in leaves(plan.outputs):
        if shows_secret(value):
            yield Finding(plan.outputs.place(path), check, f"output {path} shows a secret")


def secret_settings_are_references(plan: Plan) -> Iterator[Finding]:
    check = secret_settings_are_references.__name__
    for settings in plan.resources:
        given = get(settings, "properties") if settings.name.endswith("/appsettings") else None
        for name in given if isinstance(given, Record) else ():
            if _NAMED_SECRET.search(name) and name not in REFERENCED | _HARMLESS:
                yield amiss(settings, check, f"{name} could be an identity", "properties", name)
        for name in sorted(REFERENCED) if isinstance(given, Record) else ():
            if not _REFERENCE.fullmatch(str(at(given, name))):
                yield amiss(settings, check, f"{name} must be a reference to the vault", "properties", name)


def shows_secret(value: Value) -> bool:
    return isinstance(value, str | Runtime) and bool(_LOOKS_SECRET.search(str(value)))
