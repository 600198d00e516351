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
HUBS_CONNECTION: Final = "EVENTHUBS"
_HUBS_OPTION: Final = "AzureFunctionsJobHost__extensions__eventHubs__"
# A host that was killed still owns its partitions for a while; a person at a laptop waits less patiently than Azure.
_PATIENCE: Final = {
    f"{_HUBS_OPTION}loadBalancingUpdateInterval": "00:00:02",
    f"{_HUBS_OPTION}partitionOwnershipExpirationInterval": "00:00:10",
}


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


def with_hubs(settings: Mapping[str, str], place: str) -> dict[str, str]:
    """The endpoint at `host:port` of this machine, whatever namespace was named before."""
    local = f"Endpoint=sb://{place};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true;"
    kept = {name: value for name, value in settings.items() if not name.startswith(f"{HUBS_CONNECTION}__")}
    return {**_PATIENCE, **kept, HUBS_CONNECTION: local}


def with_outbox(settings: Mapping[str, str], folder: Path) -> dict[str, str]:
    """What runs here writes to nobody outside, whatever mail server was named before."""
    return {**settings, "NOTIFY": f"file:{folder}"}


def _values(file: Path) -> dict[str, str]:
    values: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))["Values"]
    return values
