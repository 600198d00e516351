"""Messages of a hub as items of a batch: named by their place and their content, so that a name is never another's."""

import base64
from collections.abc import Sequence
from hashlib import sha256

import azure.functions as func

from shared.kernel.values import to_text
from shared.pipeline import MOST_MESSAGE_BYTES
from shared.ports import Item


def items(events: Sequence[func.EventHubEvent]) -> list[Item]:
    """All of one partition, in its order."""
    return [_item(event, number) for number, event in enumerate(events)]


def _item(event: func.EventHubEvent, number: int) -> Item:
    raw, partition = event.get_body(), _partition(event)
    # Without numbers, as in a run by hand, the order in the batch is all there is.
    sequence = number if event.sequence_number is None else event.sequence_number
    # A hub that is made anew counts from 0 again.
    name = f"{partition}.{sequence}.{sha256(raw).hexdigest()[:16]}"
    place: dict[str, object] = {"id": name, "partition": partition, "sequence": sequence}
    at = {"enqueuedAt": to_text(event.enqueued_time)} if event.enqueued_time else {}
    return place | at | _content(raw)


def _partition(event: func.EventHubEvent) -> str:
    context = (event.metadata or {}).get("PartitionContext") or (event.metadata or {}).get("TriggerPartitionContext")
    return str(context["PartitionId"]) if context else "none"


def _content(raw: bytes) -> dict[str, object]:
    if len(raw) <= MOST_MESSAGE_BYTES:
        try:
            return {"body": raw.decode()}
        except UnicodeDecodeError:
            pass
    return {"base64": base64.b64encode(raw).decode()}
