"""The SDK's producer: opened on first use in the worker's loop, and thrown away when a call on it was cut off."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from azure.eventhub import EventData, EventDataBatch
from azure.eventhub.aio import EventHubProducerClient

from shared.eventhubs.failures import translated
from shared.identity import identity
from shared.kernel import Transient
from shared.settings import EventHubsConnection

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

# At INFO the SDK logs every change of a link's state.
logging.getLogger("azure.eventhub").setLevel(logging.WARNING)

# Far below the time of a feed's batch, so that a hub that hangs ends a call and not the batch.
CALL_SECONDS: Final = 20.0
CLOSE_SECONDS: Final = 5.0
CONTENT_TYPE: Final = "application/cloudevents+json"
_KEY: Final = b"x-opt-partition-key"


@dataclass(frozen=True, slots=True)
class SizedBatch:
    """Events for one partition that carry their keys, as the service would have given them their partition."""

    events: EventDataBatch
    content_type: str = CONTENT_TYPE

    def add(self, key: str, message: bytes) -> bool:
        event = EventData(message)
        event.content_type = self.content_type
        # The SDK takes a key or a partition. The .NET SDK's buffered producer annotates in the same way.
        event.raw_amqp_message.annotations = {_KEY: key}
        try:
            self.events.add(event)
        except ValueError:
            return False
        return True

    def __len__(self) -> int:
        return len(self.events)


class Client:
    """A Link to one hub. Its calls raise Transient; `close` it in the loop that used it.

    `trouble` is what the last call met; empty when it passed, or when there was none.
    """

    def __init__(
        self,
        connection: EventHubsConnection,
        hub: str,
        *,
        content_type: str = CONTENT_TYPE,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self._call_seconds = call_seconds
        self._connection = connection
        self._content_type = content_type
        self._hub = hub
        self._sdk: EventHubProducerClient | None = None
        self._identity: AsyncTokenCredential | None = None
        self._partitions: int | None = None
        self._asking: asyncio.Task[int] | None = None
        self.trouble = ""

    async def partitions(self) -> int:
        """Asked once: who adds partitions to a hub moves keys, and restarts its writers first."""
        if self._partitions is None:
            # One question for all who want to know, and one answer: that the hub is away, too.
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(self._asked())
            self._partitions = await asyncio.shield(self._asking)
        return self._partitions

    async def _asked(self) -> int:
        return len(await self._called(lambda sdk: sdk.get_partition_ids()))

    async def new_batch(self, partition: int) -> SizedBatch:
        events = await self._called(lambda sdk: sdk.create_batch(partition_id=str(partition)))
        return SizedBatch(events, self._content_type)

    async def send(self, batch: SizedBatch) -> None:
        await self._called(lambda sdk: sdk.send_batch(batch.events, timeout=self._call_seconds))

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
        await self._closed(self._sdk)
        if self._identity is not None:
            await self._identity.close()
            self._identity = None

    async def _called[T](self, call: Callable[[EventHubProducerClient], Awaitable[T]]) -> T:
        try:
            answer = await self._once(call)
        except Transient as away:
            self.trouble = str(away)
            raise
        self.trouble = ""
        return answer

    async def _once[T](self, call: Callable[[EventHubProducerClient], Awaitable[T]]) -> T:
        sdk = self._sdk = self._sdk or self._opened()
        with translated(self._hub):
            try:
                async with asyncio.timeout(self._call_seconds):
                    return await call(sdk)
            except (TimeoutError, asyncio.CancelledError):
                # What it has half written or half read nobody knows.
                await self._closed(sdk)
                raise

    async def _closed(self, sdk: EventHubProducerClient | None) -> None:
        if sdk is not None:
            if self._sdk is sdk:
                self._sdk = None
            # Nothing hangs on it: what was sent is settled, and what was cut off is to be asked again anyway.
            with suppress(Transient), translated(self._hub):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await sdk.close()

    def _opened(self) -> EventHubProducerClient:
        # The feed comes again by itself. One more attempt is for links that the service has closed for being idle.
        options: dict[str, Any] = {"retry_total": 1, "retry_backoff_factor": 0.1, "retry_backoff_max": 1}
        if text := self._connection.connection_string:
            return EventHubProducerClient.from_connection_string(text, eventhub_name=self._hub, **options)
        self._identity = self._identity or identity(self._connection.client_id)
        return EventHubProducerClient(self._connection.namespace, self._hub, self._identity, **options)
