"""An order's documents, written by hand, and the cause that is found for one."""

from typing import Any

from shared.why import Document, explain

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def event(sequence: int, kind: str, causation: str, **more: object) -> Document:
    item = {"id": f"{sequence:06d}", "orderId": "o1", "type": kind, "sequence": sequence, "causationId": causation}
    return Document("orders", item | {"at": f"2026-01-31T09:30:0{sequence}.000000Z"} | more)


def head(consumer: str, *, first: int, last: int) -> Document:
    item = {"id": "head", "lane": f"{consumer}:2:o1:o1", "type": "LaneHead", "consumer": consumer, "stream": "o1"}
    return Document("poison", item | {"first": first, "last": last, "nonce": "n", "reason": "handler_failed"})


PLACED = event(1, "OrderPlaced", "http:1", traceparent=TRACE, correlationId="c")


def cause_of(graph_id: str, *documents: Document, **more: Any) -> str | None:  # noqa: ANN401 - as `explain` takes it
    (found,) = (node for node in explain("o1", documents, **more).nodes if node.id == graph_id)
    return found.cause
