"""The client's half of a query over several ranges: azure-cosmos's own merge, fed without a network."""

import heapq
from collections.abc import Iterator, Mapping
from typing import Any

from azure.cosmos._execution_context.document_producer import (
    _OrderByDocumentProducerComparator,
    _PartitionKeyRangeDocumentProducerComparator,
)
from azure.cosmos._execution_context.execution_dispatcher import _PipelineExecutionContext
from azure.cosmos._execution_context.query_execution_info import _PartitionedQueryExecutionInfo

from local.cosmos.query import compile_query
from tests.contracts.query.runs import Document, ask


class Stream:
    """What one range answers, compared with others as the client compares them."""

    def __init__(self, at: int, rows: list[object], comparator: Any) -> None:  # noqa: ANN401 - the SDK has no types
        self._at = at
        self._rows = rows
        self._comparator = comparator

    def __lt__(self, other: "Stream") -> bool:
        return bool(self._comparator.compare(self, other) < 0)

    def get_target_range(self) -> dict[str, str]:
        return {"minInclusive": f"{self._at:02}"}

    def peek(self) -> object:
        return self._rows[0]

    def take(self) -> object:
        return self._rows.pop(0)

    def __bool__(self) -> bool:
        return bool(self._rows)


def merged(text: str, ranges: list[list[Document]], parameters: Mapping[str, object]) -> list[object]:
    """The results the application sees when each range runs the rewritten query and the client does the rest."""
    plan: dict[str, Any] = compile_query(text).plan(parameters)
    facts = _PartitionedQueryExecutionInfo(plan)
    orders = facts.get_order_by()
    comparator = (
        _OrderByDocumentProducerComparator(orders) if orders else _PartitionKeyRangeDocumentProducerComparator()
    )
    asked = facts.get_rewritten_query() or text
    streams = [Stream(at, ask(asked, documents, parameters), comparator) for at, documents in enumerate(ranges)]
    return list(_PipelineExecutionContext(None, {}, _rows(streams), facts))


def _rows(streams: list[Stream]) -> Iterator[object]:
    heap = [stream for stream in streams if stream]
    heapq.heapify(heap)
    while heap:
        stream = heapq.heappop(heap)
        yield stream.take()
        if stream:
            heapq.heappush(heap, stream)
