"""The sample's function with the asynchronous client: the events of a page side by side, 32 at a time.

Still a read and an upsert for each event. What is written of one order at the same moment is overwritten by whoever is
last, so its rows are not even right: it says what waiting side by side is worth, and nothing else.
"""

import asyncio
import json
from typing import Any, Final

from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosResourceNotFoundError
from azure.functions import Document, DocumentList

from benchmarks.sample_style import Event, changed, empty

AT_ONCE: Final = 32


async def on_change(text: str, view: ContainerProxy) -> None:
    """One invocation."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(document: Document) -> None:
        event = Event.model_validate_json(document.to_json())
        async with room:
            try:
                row: dict[str, Any] = await view.read_item(event.orderId, event.customerId)
            except CosmosResourceNotFoundError:
                row = empty(event)
            await view.upsert_item(changed(row, event))

    await asyncio.gather(*map(one, DocumentList(map(Document.from_dict, json.loads(text)))))
