"""The settings of an app that runs on this machine: the example's, the person's own, and where the server listens."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from local.serve.program import ROOT

EXAMPLE: Final = ROOT / "local.settings.json.example"
OWN: Final = ROOT / "local.settings.json"
CONNECTION: Final = "COSMOS"


def local_settings(environ: Mapping[str, str], *files: Path) -> dict[str, str]:
    """Later files win over earlier ones, the environment over both, except for where Cosmos DB is.

    A connection to a real account must never be used by what is only meant for this machine, so the connection string
    is always the example's.
    """
    declared = [_values(file) for file in files if file.exists()]
    merged = {name: value for values in (*declared, environ) for name, value in values.items()}
    elsewhere = [name for name in merged if name.startswith(f"{CONNECTION}__")]
    return {name: value for name, value in merged.items() if name not in elsewhere} | {
        CONNECTION: _values(EXAMPLE)[CONNECTION],
        # A proxy is for the world outside; it does not know this machine's own ports.
        "no_proxy": ",".join(filter(None, (merged.get("no_proxy"), "127.0.0.1,localhost"))),
    }


def with_server(settings: Mapping[str, str], url: str) -> dict[str, str]:
    connection = re.sub(r"AccountEndpoint=[^;]*", f"AccountEndpoint={url}/", settings[CONNECTION])
    return {**settings, CONNECTION: connection}


def _values(file: Path) -> dict[str, str]:
    values: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))["Values"]
    return values
