"""Streams of events: one logical partition each, appended all at once or not at all."""

from collections.abc import Sequence

from azure.cosmos.aio import ContainerProxy

from shared.cosmos.failures import translated
from shared.ports import Item

_HISTORY = "SELECT * FROM c WHERE c.sequence > 0 ORDER BY c.sequence"


class CosmosEventStore:
    """An `EventStore`. The create of a sequence's id is the fence: writing one twice is a conflict."""

    def __init__(self, container: ContainerProxy) -> None:
        self._container = container

    async def read(self, stream: str) -> Sequence[Item]:
        with translated(f"stream {stream}"):
            return [item async for item in self._container.query_items(_HISTORY, partition_key=stream)]

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        with translated(f"stream {stream}", writes=True):
            match items:
                case [only]:
                    await self._container.create_item(dict(only), no_response=True)
                case _:
                    await self._container.execute_item_batch([("create", (dict(item),)) for item in items], stream)
