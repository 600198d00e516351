"""The other side: a change feed function as samples and tutorials write it.

The synchronous client, the documents of the binding to JSON and into a pydantic model one by one, and for each event
the view's item read, changed and upserted. No marks, no etags, no lanes: what comes twice counts twice.
"""

import json
from typing import Any, Final

from azure.cosmos import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosResourceNotFoundError
from azure.functions import Document, DocumentList
from pydantic import BaseModel

VIEW: Final = "sample-view"


class Event(BaseModel):
    orderId: str  # noqa: N815 - the stored names
    customerId: str  # noqa: N815
    type: str
    sequence: int
    at: str
    data: dict[str, Any]


_STATUS: Final = {"OrderShipped": "shipped", "OrderDelivered": "delivered", "OrderCancelled": "cancelled"}


def container(url: str, key: str, database: str) -> ContainerProxy:
    return CosmosClient(url, key).get_database_client(database).get_container_client(VIEW)


def on_change(text: str, view: ContainerProxy) -> None:
    """One invocation; `text` is what the host sends, which the binding parses."""
    for document in DocumentList(map(Document.from_dict, json.loads(text))):
        event = Event.model_validate_json(document.to_json())
        try:
            row: dict[str, Any] = view.read_item(event.orderId, event.customerId)
        except CosmosResourceNotFoundError:
            row = empty(event)
        view.upsert_item(changed(row, event))


def empty(event: Event) -> dict[str, Any]:
    return {"id": event.orderId, "orderId": event.orderId, "customerId": event.customerId}


def changed(row: dict[str, Any], event: Event) -> dict[str, Any]:
    row.update(status=_STATUS.get(event.type, row.get("status", "pending")))
    if event.type == "OrderPlaced":
        row.update(items=event.data["lines"], total=event.data["total"]["minor"] / 100, createdAt=event.at)
    return row
