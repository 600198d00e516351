"""Where an answer leads: to every route whose path can be filled from its body."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.openapi.doors import Door
from api.openapi.operation import Operation, Success
from api.openapi.parameters import ETAG, IF_MATCH


def links(success: Success, known: Iterable[tuple[Door, Operation]]) -> dict[str, Any]:
    """By the function they lead to. A list leads nowhere: nobody knows which of its orders is meant."""
    return {
        door.function: {"operationId": door.function, "parameters": _filled(door, success, operation)}
        for door, operation in known
        if door.names and _properties(success.kind).keys() >= set(door.names)
    }


def _filled(door: Door, success: Success, operation: Operation) -> dict[str, str]:
    filled = {f"path.{name}": f"$response.body#/{name}" for name in door.names}
    if IF_MATCH in operation.parameters and ETAG in success.headers:
        filled[f"header.{IF_MATCH.name}"] = f"$response.header.{ETAG.name}"
    return filled


def _properties(kind: Any) -> Mapping[str, object]:  # noqa: ANN401 - of any type
    return getattr(kind, "__annotations__", {})
