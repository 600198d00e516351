"""A batch of events as a function gets it: bodies, and arrays that say the rest of each.

Source of the names: azure-sdk-for-net, EventHubTriggerInputBindingStrategy.GetBindingData.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from azure.eventhub import EventData

from local.host.dates import timestamp
from local.host.payload import Events


def payload(events: Sequence[EventData], *, is_text: bool, context: Mapping[str, object]) -> Events:
    """`context` names the partition; events of other AMQP body kinds than bytes arrive as their text."""
    systems = [_system(event) for event in events]
    metadata: dict[str, object] = {
        "PartitionContext": context,
        "TriggerPartitionContext": context,
        "PartitionKeyArray": [one["PartitionKey"] for one in systems],
        "OffsetArray": [one["OffsetString"] for one in systems],
        "OffsetStringArray": [one["OffsetString"] for one in systems],
        "SequenceNumberArray": [one["SequenceNumber"] for one in systems],
        "EnqueuedTimeUtcArray": [one["EnqueuedTimeUtc"] for one in systems],
        "PropertiesArray": [_plain(event.properties or {}) for event in events],
        "SystemPropertiesArray": systems,
    }
    bodies = tuple(_body(event) for event in events)
    return Events(bodies, is_text, {name: json.dumps(value) for name, value in metadata.items()})


def partition_context(namespace: str, hub: str, group: str, partition: str) -> Mapping[str, object]:
    return {"FullyQualifiedNamespace": namespace, "EventHubName": hub, "ConsumerGroup": group, "PartitionId": partition}


def _system(event: EventData) -> dict[str, Any]:
    offset = event.offset or ""
    moment = event.enqueued_time or datetime.fromtimestamp(0, UTC)
    own = {
        "SequenceNumber": event.sequence_number,
        # A number for as long as it is one; geo-replicated namespaces have texts.
        "Offset": int(offset) if offset.isdecimal() else offset,
        "OffsetString": offset,
        "PartitionKey": event.partition_key.decode() if event.partition_key else None,
        "EnqueuedTimeUtc": timestamp(moment),
    }
    return own | _plain(event.system_properties)


def _body(event: EventData) -> bytes:
    try:
        return b"".join(event.body)  # type: ignore[arg-type] # checked by the join itself
    except TypeError:
        return event.body_as_str().encode()


def _plain(properties: Mapping[Any, Any]) -> dict[str, Any]:
    """JSON has fewer types than AMQP: bytes become text, what is left becomes its text."""
    return {_text(name): _json(value) for name, value in properties.items()}


def _json(value: object) -> object:
    match value:
        case bytes():
            return _text(value)
        case bool() | int() | float() | str() | None:
            return value
        case _:
            return str(value)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
