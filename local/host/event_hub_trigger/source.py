"""An Event Hubs trigger with its settings resolved: which hub, over which connection, for which consumer group."""

from dataclasses import dataclass

from local.host.bindings import EventHubTrigger
from local.host.errors import BadSettings
from local.host.event_hub_trigger.connection import Connection, connection
from local.host.event_hub_trigger.options import EventHubOptions
from local.host.settings import Settings


@dataclass(frozen=True, slots=True)
class HubSource:
    trigger: EventHubTrigger
    connection: Connection
    hub: str
    group: str
    options: EventHubOptions


def hub_source(trigger: EventHubTrigger, settings: Settings, options: EventHubOptions) -> HubSource:
    """The trigger's place; raises BadSettings that names what is missing.

    `%SETTING%` is resolved as the extension does it (azure-sdk-for-net, EventHubTriggerAttributeBindingProvider).
    """
    hub, group = settings.expand(trigger.hub), settings.expand(trigger.group)
    if not hub:
        raise BadSettings("an Event Hubs trigger needs the name of a hub")
    return HubSource(trigger, connection(settings.expand(trigger.connection), settings), hub, group, options)
