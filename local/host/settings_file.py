"""local.settings.json: what it adds to the environment before anything of the app is imported."""

import json
from collections.abc import MutableMapping
from pathlib import Path

from local.host.errors import BadSettings


def load(file: Path, environment: MutableMapping[str, str]) -> None:
    """Add `Values` and `ConnectionStrings` of `file` to `environment`; what is there already wins.

    Raises BadSettings when the file is missing, encrypted, not JSON, or holds a value that is not a string.
    """
    content = _read(file)
    for name, value in {**_section(content, "Values"), **_connection_strings(content)}.items():
        if not isinstance(value, str):
            raise BadSettings(f"{file}: the value of {name} must be a string, as in an app setting")
        environment.setdefault(name, value)


def _read(file: Path) -> dict[str, object]:
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadSettings(f"cannot read the settings file {file}: {error.strerror}") from error
    except ValueError as error:
        raise BadSettings(f"{file} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise BadSettings(f"{file} must hold a JSON object with a section Values")
    if content.get("IsEncrypted") is True:
        raise BadSettings(f"{file} is encrypted: run `func settings decrypt` first")
    return content


def _section(content: dict[str, object], name: str) -> dict[str, object]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise BadSettings(f"the section {name} of the settings file must be a JSON object")
    return section


def _connection_strings(content: dict[str, object]) -> dict[str, object]:
    return {
        f"ConnectionStrings:{name}": value.get("ConnectionString") if isinstance(value, dict) else value
        for name, value in _section(content, "ConnectionStrings").items()
    }
