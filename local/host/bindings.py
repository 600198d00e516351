"""A function's metadata as the worker library reports it, turned into typed triggers."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from local.host.continuation import Mode
from local.host.errors import BadSettings
from local.host.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class HttpTrigger:
    """`route` None means the function's name."""

    argument: str
    route: str | None
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CosmosTrigger:
    """Texts are as written in the app, with their `%SETTING%`; defaults are those of the .NET extension."""

    argument: str
    connection: str
    database: str
    container: str
    lease_connection: str
    lease_database: str
    lease_container: str
    lease_prefix: str
    creates_leases: bool
    leases_throughput: int | None
    max_items: int | None
    poll_delay: timedelta
    acquire_every: timedelta
    renew_every: timedelta
    expires_after: timedelta
    starts_at_beginning: bool
    starts_at: str | None
    preferred_locations: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class EventHubTrigger:
    """Batches of events; texts are as written in the app. `is_text` hands bodies over as text, not as bytes."""

    argument: str
    connection: str
    hub: str
    group: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class TimerTrigger:
    argument: str
    schedule: str
    runs_on_startup: bool
    is_monitored: bool


@dataclass(frozen=True, slots=True)
class WarmupTrigger:
    argument: str


@dataclass(frozen=True, slots=True)
class OtherTrigger:
    """A trigger or a further binding that this host does not run; `kind` is its type."""

    argument: str
    kind: str


type Trigger = HttpTrigger | CosmosTrigger | EventHubTrigger | TimerTrigger | WarmupTrigger | OtherTrigger


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the app; `bindings` are its raw bindings, for listing only."""

    name: str
    id: str
    trigger: Trigger
    retry: RetryPolicy | None
    bindings: tuple[Mapping[str, object], ...]
    script_file: str = ""


class Binding:
    """One raw binding; names ignore case, as in the host, and numbers may be written as text."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        self._raw = {name.lower(): value for name, value in raw.items() if value is not None}

    @property
    def type(self) -> str:
        return self.text("type")

    def text(self, name: str, default: str = "") -> str:
        return str(self._raw.get(name.lower(), default))

    def number(self, name: str) -> int | None:
        """None for what is absent, zero or negative: the extension then keeps its own default."""
        try:
            value = int(self.text(name, "0"))
        except ValueError as error:
            raise BadSettings(f"{name} of a {self.type} must be a number, not '{self.text(name)}'") from error
        return value if value > 0 else None

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self.text(name, str(default)).lower() == "true"

    def delay(self, name: str, default: int) -> timedelta:
        return timedelta(milliseconds=self.number(name) or default)

    def words(self, name: str) -> tuple[str, ...]:
        value = self._raw.get(name.lower(), ())
        return tuple(str(word) for word in value) if isinstance(value, (list, tuple)) else ()


def function(
    name: str, identity: str, *, raw_bindings: Iterable[str], retry: RetryPolicy | None, script_file: str = ""
) -> Function:
    """The function that these raw bindings (JSON texts) describe."""
    raw = tuple(json.loads(text) for text in raw_bindings)
    return Function(name, identity, _trigger([Binding(item) for item in raw]), retry, raw, script_file)


def _trigger(bindings: list[Binding]) -> Trigger:
    own = next(binding for binding in bindings if binding.type.lower().endswith("trigger"))
    argument = own.text("name")
    # An output that nobody writes would be lost in silence, so such a function is reported instead of run.
    further = [item.type for item in bindings if item is not own and item.text("name") != "$return"]
    if further:
        return OtherTrigger(argument, further[0])
    return _run_here(own, argument)


def _run_here(own: Binding, argument: str) -> Trigger:
    match own.type.lower():
        case "httptrigger":
            return HttpTrigger(argument, own.text("route") or None, own.words("methods"))
        case "cosmosdbtrigger":
            return _cosmos(own, argument)
        # A function that takes one event at a time is reported instead of run.
        case "eventhubtrigger" if own.text("cardinality").lower() == "many":
            return _event_hub(own, argument)
        case "timertrigger":
            is_monitored = own.flag("useMonitor", default=True)
            return TimerTrigger(argument, own.text("schedule"), own.flag("runOnStartup"), is_monitored)
        case "warmuptrigger":
            return WarmupTrigger(argument)
        case _:
            return OtherTrigger(argument, own.type)


def _event_hub(own: Binding, argument: str) -> EventHubTrigger:
    group = own.text("consumerGroup") or "$Default"
    is_text = own.text("dataType").lower() != "binary"
    return EventHubTrigger(argument, own.text("connection"), own.text("eventHubName"), group, is_text)


def _cosmos(own: Binding, argument: str) -> CosmosTrigger:
    connection, database = own.text("connection") or "CosmosDB", own.text("databaseName")
    is_full = own.text("changeFeedMode").lower() == "allversionsanddeletes"
    return CosmosTrigger(
        argument=argument,
        connection=connection,
        database=database,
        container=own.text("containerName"),
        lease_connection=own.text("leaseConnection") or connection,
        lease_database=own.text("leaseDatabaseName") or database,
        lease_container=own.text("leaseContainerName") or "leases",
        lease_prefix=own.text("leaseContainerPrefix"),
        creates_leases=own.flag("createLeaseContainerIfNotExists"),
        leases_throughput=own.number("leasesContainerThroughput"),
        max_items=own.number("maxItemsPerInvocation"),
        poll_delay=own.delay("feedPollDelay", 5_000),
        acquire_every=own.delay("leaseAcquireInterval", 13_000),
        renew_every=own.delay("leaseRenewInterval", 17_000),
        expires_after=own.delay("leaseExpirationInterval", 60_000),
        starts_at_beginning=own.flag("startFromBeginning"),
        starts_at=own.text("startFromTime") or None,
        preferred_locations=own.text("preferredLocations"),
        mode="AllVersionsAndDeletes" if is_full else "LatestVersion",
    )
