"""The continuation of azure-cosmos 4.17.1 for one feed range: an undocumented format, kept in this one place.

A lease stores the raw etag of the change feed, as .NET does; the Python SDK wants base64 of a JSON document around
it. Source: azure/cosmos/_change_feed of the SDK. A round-trip test with the SDK's own classes guards it.
"""

import base64
import json
from dataclasses import dataclass
from typing import Literal

type Mode = Literal["LatestVersion", "AllVersionsAndDeletes"]


@dataclass(frozen=True, slots=True)
class EpkRange:
    """Effective partition keys from `min` (inclusive) to `max` (exclusive), as hexadecimal text."""

    min: str
    max: str


def sdk_range(epk: EpkRange) -> dict[str, object]:
    return {"min": epk.min, "max": epk.max, "isMinInclusive": True, "isMaxInclusive": False}


def feed_range(epk: EpkRange) -> dict[str, object]:
    """`epk` as the `feed_range=` argument of `query_items_change_feed`."""
    return {"Range": sdk_range(epk)}


def continuation(epk: EpkRange, *, etag: str, container_rid: str, mode: Mode = "LatestVersion") -> str:
    """The SDK's continuation that goes on after `etag` (with its double quotes) in `epk`."""
    state = {
        "v": "v2",
        "containerRid": container_rid,
        "mode": mode,
        # Sent only when there is no etag, and there is one.
        "startFrom": {"Type": "Now"},
        "continuation": {
            "v": "v2",
            "rid": container_rid,
            "continuation": [{"token": etag, "range": sdk_range(epk)}],
            "Range": sdk_range(epk),
        },
    }
    return base64.b64encode(json.dumps(state).encode()).decode()


def etags(continuation: str) -> tuple[str | None, ...]:
    """The etag of each sub-range in the SDK's answer; more than one means that the range was split meanwhile."""
    state = json.loads(base64.b64decode(continuation))
    return tuple(part["token"] for part in state["continuation"]["continuation"])
