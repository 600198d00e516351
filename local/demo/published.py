"""What has been published, read as anybody would with Azure's own SDK, and whether it is what was stored, in order."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any, Final

from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, PartitionContext

from local.demo.rows import Json, moment

HUB: Final = "order-events"
GROUP: Final = "$Default"
LOOK_EVERY: Final = timedelta(milliseconds=50)
PATIENCE: Final = timedelta(seconds=30)
# Below this a reader is asked for what it has too often to read fast.
PREFETCH: Final = 3000


class NotRead(Exception):  # noqa: N818 - what has become of the reading
    """What the hub has was not all there to be read in time."""


@dataclass(slots=True)
class Heard:
    """Messages by partition of the hub and their place in it: one that a reader gets twice is one."""

    by_partition: defaultdict[str, dict[int, Json]] = field(default_factory=lambda: defaultdict(dict))

    async def hear(self, context: PartitionContext, events: Sequence[EventData]) -> None:
        self.by_partition[context.partition_id].update((_place(event), _message(event)) for event in events)

    @property
    def count(self) -> int:
        return sum(map(len, self.by_partition.values()))


@dataclass(frozen=True, slots=True)
class Published:
    """`events` without those that came again; `violations` are orders whose events are not the stored ones in order."""

    events: int
    violations: int


async def everything_published(connection: str, *, patience: timedelta = PATIENCE) -> Mapping[str, Sequence[Json]]:
    """Of a hub that nobody writes to any more, by partition. Raises NotRead."""
    heard = Heard()
    client = EventHubConsumerClient.from_connection_string(connection, GROUP, eventhub_name=HUB)
    async with client:
        wanted = await _stored(client)
        reading = asyncio.create_task(
            client.receive_batch(heard.hear, starting_position="-1", prefetch=PREFETCH, max_wait_time=1)
        )
        try:
            await _until(heard, wanted, reading, patience)
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
    return {
        partition: [message for _, message in sorted(messages.items())]
        for partition, messages in heard.by_partition.items()
    }


async def _stored(client: EventHubConsumerClient) -> int:
    """How many events the hub holds."""
    partitions = await client.get_partition_ids()
    found = await asyncio.gather(*(client.get_partition_properties(each) for each in partitions))
    return sum(
        0 if each["is_empty"] else each["last_enqueued_sequence_number"] - each["beginning_sequence_number"] + 1
        for each in found
    )


async def _until(heard: Heard, wanted: int, reading: asyncio.Task[None], patience: timedelta) -> None:
    last, moved_at = -1, monotonic()
    while heard.count < wanted:
        if reading.done():
            await reading
        if heard.count != last:
            last, moved_at = heard.count, monotonic()
        elif monotonic() - moved_at > patience.total_seconds():
            raise NotRead(f"{heard.count} of {wanted} events of {HUB} came within {patience.total_seconds():.0f} s")
        await asyncio.sleep(LOOK_EVERY.total_seconds())


def judged(heard: Mapping[str, Iterable[Json]], by_order: Mapping[str, Sequence[Json]]) -> Published:
    """`by_order` are the stored events, each order's in sequence."""
    seen = set[str]()
    found: defaultdict[str, list[Json]] = defaultdict(list)
    places: defaultdict[str, set[str]] = defaultdict(set)
    for partition, messages in heard.items():
        for message in messages:
            places[message["subject"]].add(partition)
            if message["id"] not in seen:
                seen.add(message["id"])
                found[message["subject"]].append(message)
    wrong = sum(
        len(places[order_id]) != 1 or not _are(by_order.get(order_id, ()), found[order_id])
        for order_id in by_order.keys() | found.keys()
    )
    return Published(len(seen), wrong)


def _are(stored: Sequence[Json], published: Sequence[Json]) -> bool:
    """Complete, in sequence, and saying the same."""
    return [_told(event) for event in stored] == [_heard(message) for message in published]


def _told(event: Json) -> Json:
    order_id, sequence = event["orderId"], f"{event['sequence']:06d}"
    # What a request was recognised by is nobody else's business.
    data = {name: value for name, value in event["data"].items() if name != "fingerprint"}
    return {
        "id": f"{order_id}:{sequence}",
        "type": f"orderflow.{event['type']}",
        "sequence": sequence,
        "time": moment(event["at"]),
        "data": {"customerId": event["customerId"], **data},
    }


def _heard(message: Json) -> Json:
    kept: Json = {name: message[name] for name in ("id", "type", "sequence", "data")}
    return {**kept, "time": moment(message["time"])}


def _place(event: EventData) -> int:
    if event.sequence_number is None:
        raise NotRead(f"an event of {HUB} came without its place")
    return event.sequence_number


def _message(event: EventData) -> Any:  # noqa: ANN401 - JSON
    return json.loads(event.body_as_str())
