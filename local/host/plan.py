"""What of an app this host runs, decided before anything starts, so that a missing setting is named at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from local.host.bindings import (
    CosmosTrigger,
    EventHubTrigger,
    Function,
    HttpTrigger,
    OtherTrigger,
    TimerTrigger,
    WarmupTrigger,
)
from local.host.cosmos_trigger.source import Source, source
from local.host.errors import BadSettings
from local.host.event_hub_trigger.options import event_hub_options
from local.host.event_hub_trigger.source import HubSource, hub_source
from local.host.host_json import HostJson
from local.host.http_server import http_routes
from local.host.routes import Route
from local.host.settings import Settings
from local.host.timers import Schedule, schedule


@dataclass(frozen=True, slots=True)
class Plan:
    """`all` are the functions to list; the others are what is started of them.

    Routes of disabled functions are there too: such a route matches and answers 404, as in the real host.
    """

    all: tuple[Function, ...]
    disabled: frozenset[str]
    routes: tuple[Route, ...]
    http: tuple[Function, ...]
    cosmos: tuple[tuple[Function, Source], ...]
    event_hubs: tuple[tuple[Function, HubSource], ...]
    timers: tuple[tuple[Function, TimerTrigger, Schedule], ...]
    warmups: tuple[Function, ...]
    not_run: tuple[tuple[Function, str], ...]

    @property
    def running(self) -> int:
        return len(self.all) - len(self.disabled | {function.name for function, _ in self.not_run})


def plan(functions: Sequence[Function], *, settings: Settings, host: HostJson) -> Plan:
    """Raises BadSettings for the first function whose settings are missing or unreadable."""
    disabled = frozenset(function.name for function in functions if is_disabled(function.name, settings))
    enabled = [function for function in functions if function.name not in disabled]
    hub_options = event_hub_options(host.event_hubs, settings)
    return Plan(
        all=tuple(functions),
        disabled=disabled,
        routes=http_routes(functions, host),
        http=tuple(one for one in enabled if isinstance(one.trigger, HttpTrigger)),
        cosmos=tuple(
            (one, _named(one, partial(source, one.trigger, settings)))
            for one in enabled
            if isinstance(one.trigger, CosmosTrigger)
        ),
        event_hubs=tuple(
            (one, _named(one, partial(hub_source, one.trigger, settings, hub_options)))
            for one in enabled
            if isinstance(one.trigger, EventHubTrigger)
        ),
        timers=tuple(
            (one, one.trigger, schedule(settings.expand(one.trigger.schedule)))
            for one in enabled
            if isinstance(one.trigger, TimerTrigger)
        ),
        warmups=tuple(one for one in enabled if isinstance(one.trigger, WarmupTrigger)),
        not_run=tuple((one, one.trigger.kind) for one in enabled if isinstance(one.trigger, OtherTrigger)),
    )


def is_disabled(function: str, settings: Settings) -> bool:
    """Whether the app settings switch it off, in the spelling for Linux or the one with dots."""
    return settings.is_on(f"AzureWebJobs_{function}_Disabled") or settings.is_on(f"AzureWebJobs.{function}.Disabled")


def _named[S](function: Function, resolve: Callable[[], S]) -> S:
    try:
        return resolve()
    except BadSettings as error:
        raise BadSettings(f"function {function.name}: {error}") from error
