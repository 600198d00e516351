"""What host.json says about Event Hubs, with the defaults of the .NET extension.

Source: azure-sdk-for-net, EventHubOptions. An app setting `AzureFunctionsJobHost__extensions__eventHubs__<option>` wins
over the file, as for every option of host.json.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.host.errors import BadSettings
from local.host.host_json import time_span
from local.host.settings import Settings

_SECTION = "AzureFunctionsJobHost:extensions:eventHubs"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHubOptions:
    """`starts_at` is where a partition without a checkpoint begins: `-1` the oldest event, `@latest` after the last.

    An owner that has not renewed for `expires_after` has lost its partitions to whoever balances next.
    """

    max_batch: int = 100
    prefetch: int = 300
    batches_per_checkpoint: int = 1
    starts_at: str | datetime = "-1"
    balance_every: timedelta = timedelta(seconds=10)
    expires_after: timedelta = timedelta(minutes=1)


def event_hub_options(section: Mapping[str, object], settings: Settings) -> EventHubOptions:
    """Raises BadSettings that names what cannot be read."""
    given = {name.lower(): value for name, value in section.items()} | dict(settings.section(_SECTION))
    plain = EventHubOptions()
    return EventHubOptions(
        max_batch=_number(given, "maxEventBatchSize", plain.max_batch),
        prefetch=_number(given, "prefetchCount", plain.prefetch),
        batches_per_checkpoint=_number(given, "batchCheckpointFrequency", plain.batches_per_checkpoint),
        starts_at=_start(given, settings),
        balance_every=_span(given, "loadBalancingUpdateInterval", plain.balance_every),
        expires_after=_span(given, "partitionOwnershipExpirationInterval", plain.expires_after),
    )


def _number(given: Mapping[str, object], name: str, default: int) -> int:
    text = str(given.get(name.lower(), default))
    if not text.isdecimal() or int(text) < 1:
        raise BadSettings(f"{name} of eventHubs in host.json must be a number from 1 on, not '{text}'")
    return int(text)


def _span(given: Mapping[str, object], name: str, default: timedelta) -> timedelta:
    return time_span(str(given[name.lower()])) if name.lower() in given else default


def _start(given: Mapping[str, object], settings: Settings) -> str | datetime:
    written = given.get("initialoffsetoptions")
    options = {str(name).lower(): value for name, value in written.items()} if isinstance(written, dict) else {}
    options |= settings.section(f"{_SECTION}:initialOffsetOptions")
    match str(options.get("type", "fromStart")).lower():
        case "fromstart":
            return "-1"
        case "fromend":
            return "@latest"
        case "fromenqueuedtime":
            return _moment(str(options.get("enqueuedtimeutc", "")))
        case kind:
            raise BadSettings(f"the initialOffsetOptions of eventHubs know no type '{kind}'")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSettings(f"enqueuedTimeUtc must be like 2021-02-16T14:19:29Z, not '{text}'") from error
