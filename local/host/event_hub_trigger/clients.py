"""A consumer client of the unpatched SDK for one trigger."""

from typing import Any, assert_never

from azure.core.credentials_async import AsyncTokenCredential
from azure.eventhub import LoadBalancingStrategy
from azure.eventhub.aio import EventHubConsumerClient

from local.host.event_hub_trigger.checkpoints import Checkpoints
from local.host.event_hub_trigger.connection import IdentityConnection, StringConnection
from local.host.event_hub_trigger.source import HubSource


def open_client(source: HubSource, checkpoints: Checkpoints) -> EventHubConsumerClient:
    """The caller closes it; nothing is connected yet."""
    options: dict[str, Any] = {
        "eventhub_name": source.hub,
        "checkpoint_store": checkpoints,
        "load_balancing_interval": source.options.balance_every.total_seconds(),
        "partition_ownership_expiration_interval": source.options.expires_after.total_seconds(),
        # The .NET processor takes its share at once, too.
        "load_balancing_strategy": LoadBalancingStrategy.GREEDY,
    }
    match source.connection:
        case StringConnection(text):
            return EventHubConsumerClient.from_connection_string(text, source.group, **options)
        case IdentityConnection(namespace, credential, client_id):
            return EventHubConsumerClient(
                namespace, consumer_group=source.group, credential=_credential(credential, client_id), **options
            )
        case _:
            assert_never(source.connection)


def _credential(kind: str, client_id: str | None) -> AsyncTokenCredential:
    # A third of a second that a start with keys does not need.
    from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential  # noqa: PLC0415 - see above

    if kind.lower() == "managedidentity":
        return ManagedIdentityCredential(client_id=client_id) if client_id else ManagedIdentityCredential()
    return DefaultAzureCredential(managed_identity_client_id=client_id)
