"""Every answer of the store as a figure: what it was, how long it took, what it cost. The SDK's repetitions count."""

from collections.abc import Mapping
from http import HTTPStatus
from time import perf_counter
from typing import Any, Final, Literal

from azure.core.pipeline.transport import AioHttpTransport

from shared.metrics import DEPENDENCY_SECONDS, STORE_CHARGE, STORE_REQUESTS
from shared.observer import Observer, charged, is_counted

type Outcome = Literal["ok", "conflict", "throttled", "failed"]

# Of the parts between slashes: https:, nothing, host, dbs, its name, colls, its name, docs, its name.
_CONTAINER: Final = 6
_DOCS: Final = 7
_ITEM: Final = 8
_BY_METHOD: Final[Mapping[str, str]] = {"GET": "read", "PUT": "replace", "DELETE": "delete", "PATCH": "patch"}
_OUTCOMES: Final[Mapping[int, Outcome]] = {
    HTTPStatus.NOT_MODIFIED: "ok",
    HTTPStatus.NOT_FOUND: "ok",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.PRECONDITION_FAILED: "conflict",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
}


class Metered(AioHttpTransport):  # type: ignore[misc]  # azure-core gives it away as Any
    """The SDK's own transport, listened to: it sees each attempt, which a hook above the retries does not."""

    def __init__(self, observer: Observer, **transport: Any) -> None:  # noqa: ANN401 - the transport's own keywords
        super().__init__(**transport)
        self._observer = observer

    async def send(self, request: Any, **config: Any) -> Any:  # noqa: ANN401 - azure-core's two kinds of request
        if not (self._observer.listens or is_counted()):
            return await super().send(request, **config)
        container, operation = _asked(request)
        begun, outcome = perf_counter(), "failed"
        try:
            response = await super().send(request, **config)
            outcome = _outcome(response.status_code, operation)
            self._charge(container, operation, float(response.headers.get("x-ms-request-charge") or 0))
        finally:
            seconds = perf_counter() - begun
            self._observer.record(STORE_REQUESTS, 1, container=container, operation=operation, outcome=outcome)
            self._observer.record(DEPENDENCY_SECONDS, seconds, dependency="store", operation=operation, outcome=outcome)
        return response

    def _charge(self, container: str, operation: str, charge: float) -> None:
        self._observer.record(STORE_CHARGE, charge, container=container, operation=operation)
        # What goes together in bulk is charged to each that asked for a part of it.
        if operation != "bulk":
            charged(charge)


def _asked(request: Any) -> tuple[str, str]:  # noqa: ANN401 - same
    """The container and what is done to it; nothing that a caller sends is in either."""
    parts, headers = request.url.split("?", 1)[0].rstrip("/").split("/"), request.headers
    if len(parts) <= _DOCS or parts[_DOCS] != "docs":
        return (parts[_CONTAINER] if len(parts) > _CONTAINER else "account"), "metadata"
    container = parts[_CONTAINER]
    if len(parts) > _ITEM or request.method not in {"POST", "GET"}:
        return container, _BY_METHOD.get(request.method, "other")
    if request.method == "GET":
        return container, "feed"
    if "x-ms-cosmos-is-batch-request" in headers:
        return container, "batch" if str(headers.get("x-ms-cosmos-batch-atomic")) == "True" else "bulk"
    return container, "query" if "query" in str(headers.get("Content-Type")) else "create"


def _outcome(status: int, operation: str) -> Outcome:
    if status == HTTPStatus.MULTI_STATUS and operation == "batch":
        # All or nothing, and something was in the way.
        return "conflict"
    return _OUTCOMES.get(status) or ("ok" if status < HTTPStatus.BAD_REQUEST else "failed")
