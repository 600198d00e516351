"""An Event Hubs trigger from start to stop: its partitions are shared, its batches delivered and checkpointed."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, PartitionContext
from azure.eventhub.exceptions import EventHubError

from local.host.bindings import Function
from local.host.delivery import Delivered, deliver
from local.host.event_hub_trigger.batch import partition_context, payload
from local.host.event_hub_trigger.checkpoints import Checkpoints
from local.host.event_hub_trigger.clients import open_client
from local.host.event_hub_trigger.source import HubSource
from local.host.invocation import Invoker

_log = logging.getLogger("host.eventhubs")
_CLOSE_WITHIN: Final = timedelta(seconds=5)


async def run(
    function: Function, source: HubSource, *, checkpoints: Checkpoints, invoker: Invoker, stopping: asyncio.Event
) -> None:
    """Receive until the host stops. A hub that is away is asked again for ever, with a line that says so."""
    # The lines below say the same with the function's name.
    logging.getLogger("azure.eventhub.aio._eventprocessor").setLevel(logging.ERROR)
    client = open_client(source, checkpoints)
    deliveries = Deliveries(function, source, checkpoints, client=client, invoker=invoker, stopping=stopping)
    receiving = asyncio.create_task(
        client.receive_batch(
            deliveries.take,
            max_batch_size=source.options.max_batch,
            prefetch=source.options.prefetch,
            on_error=deliveries.report,
            on_partition_initialize=deliveries.begin,
            starting_position=source.options.starts_at,
        )
    )
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({receiving, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if receiving.done():
            # The SDK never ends by itself; if it does, the host must not go on as if it received.
            receiving.result()
        await deliveries.end()
    finally:
        stopped.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN.total_seconds()):
                await client.close()
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)


class Deliveries:
    """The batches of one function: one after the other within a partition, partitions beside each other."""

    def __init__(
        self,
        function: Function,
        source: HubSource,
        checkpoints: Checkpoints,
        *,
        client: EventHubConsumerClient,
        invoker: Invoker,
        stopping: asyncio.Event,
    ) -> None:
        self._function = function
        self._source = source
        self._checkpoints = checkpoints
        self._client = client
        self._invoker = invoker
        self._stopping = stopping
        # After a lost connection the SDK reads a partition anew while the last batch of before may still be delivered.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._since_checkpoint: defaultdict[str, int] = defaultdict(int)

    async def begin(self, context: PartitionContext) -> None:
        """Says so when the place to go on at lies behind the end: the service refuses it, and the SDK keeps silent."""
        self._since_checkpoint[context.partition_id] = 0
        place = (context.fully_qualified_namespace, context.eventhub_name, context.consumer_group)
        for row in await self._checkpoints.list_checkpoints(*place):
            if row["partition_id"] == context.partition_id:
                found = await self._client.get_partition_properties(context.partition_id)
                self._compare(context, int(row["sequence_number"]), int(found["last_enqueued_sequence_number"]))

    async def take(self, context: PartitionContext, events: Sequence[EventData]) -> None:
        """Deliver a batch and remember that; a batch that is given up is remembered too, as in production."""
        async with self._turns[context.partition_id]:
            if self._stopping.is_set() or not events:
                return
            given = payload(
                events,
                is_text=self._source.trigger.is_text,
                context=partition_context(
                    context.fully_qualified_namespace,
                    context.eventhub_name,
                    context.consumer_group,
                    context.partition_id,
                ),
            )
            delivered = await deliver(self._function, given, invoker=self._invoker, stopping=self._stopping)
            if delivered is Delivered.STOPPED:
                return
            if delivered is Delivered.LOST:
                self._tell_loss(context, events)
            await self._checkpoint(context, events[-1])

    async def report(self, context: PartitionContext | None, error: Exception) -> None:
        """A batch that waits in a retry goes on; everything else is tried again."""
        where = f"{self._source.hub}/{context.partition_id}" if context else self._source.hub
        _log.warning("%s: receiving from %s is tried again: %s", self._function.name, where, _why(error))

    async def end(self) -> None:
        """Returns when no batch is being delivered."""
        for turn in tuple(self._turns.values()):
            async with turn:
                pass

    async def _checkpoint(self, context: PartitionContext, last: EventData) -> None:
        self._since_checkpoint[context.partition_id] += 1
        if self._since_checkpoint[context.partition_id] >= self._source.options.batches_per_checkpoint:
            self._since_checkpoint[context.partition_id] = 0
            await context.update_checkpoint(last)

    def _compare(self, context: PartitionContext, reached: int, last: int) -> None:
        if reached > last:
            _log.error(
                "%s: its checkpoint in %s/%s is at %d, but the last event there is %d: the hub has been made anew, so "
                "remove the checkpoints",
                self._function.name,
                context.eventhub_name,
                context.partition_id,
                reached,
                last,
            )

    def _tell_loss(self, context: PartitionContext, events: Sequence[EventData]) -> None:
        _log.warning(
            "%s: no retry is left, so its batch of %d events from %s/%s (sequence %s to %s) is checkpointed and lost",
            self._function.name,
            len(events),
            context.eventhub_name,
            context.partition_id,
            events[0].sequence_number,
            events[-1].sequence_number,
        )


def _why(error: Exception) -> str:
    text = str(error.message if isinstance(error, EventHubError) else error)
    return text.splitlines()[0] if text else type(error).__name__
