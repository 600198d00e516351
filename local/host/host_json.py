"""host.json: what of it this host obeys, the route prefix, the function timeout and the section about Event Hubs."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from local.host.errors import BadSettings

# The default on Premium and Dedicated plans (documentation, "Function app timeout duration").
DEFAULT_TIMEOUT = timedelta(minutes=30)
_TIME_SPAN = re.compile(r"(?:(?P<days>\d+)\.)?(?P<hours>\d+):(?P<minutes>\d+)(?::(?P<seconds>\d+))?")


@dataclass(frozen=True, slots=True)
class HostJson:
    """`timeout` is per attempt; None means unlimited (`"-1"` in the file)."""

    route_prefix: str = "api"
    timeout: timedelta | None = DEFAULT_TIMEOUT
    event_hubs: Mapping[str, object] = field(default_factory=dict)


def read(app: Path) -> HostJson:
    """The app's host.json; raises BadSettings when it is missing or cannot be understood."""
    file = app / "host.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadSettings(f"cannot read {file}: {error.strerror} (a function app has a host.json)") from error
    except ValueError as error:
        raise BadSettings(f"{file} is not JSON: {error}") from error
    if not isinstance(content, dict) or content.get("version") != "2.0":
        raise BadSettings(f'{file} must be a JSON object with "version": "2.0"')
    extensions = content.get("extensions") or {}
    prefix = str((extensions.get("http") or {}).get("routePrefix", HostJson().route_prefix))
    return HostJson(
        route_prefix=prefix.strip("/"),
        timeout=_timeout(content.get("functionTimeout")),
        event_hubs=extensions.get("eventHubs") or {},
    )


def _timeout(text: str | None) -> timedelta | None:
    if text is None:
        return DEFAULT_TIMEOUT
    return None if text in {"-1", "-1.00:00:00"} else time_span(text)


def time_span(text: str) -> timedelta:
    """A .NET time span, `hh:mm:ss` or `d.hh:mm:ss`; raises BadSettings for anything else."""
    match = _TIME_SPAN.fullmatch(text)
    if match is None:
        raise BadSettings(f"'{text}' is not a time span: write hh:mm:ss")
    return timedelta(**{unit: int(amount or 0) for unit, amount in match.groupdict().items()})
