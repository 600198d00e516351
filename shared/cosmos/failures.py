"""What the store's answers mean for us, by status and substatus."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError

from shared.kernel import Conflict, Failure, Misconfigured, Poison, Transient, Unknown

_CONFLICT = {409, 412}
_TRANSIENT = {408, 410, 429, 449, 500, 503}
_SESSION_NOT_AVAILABLE = 1002
_PARTITION_FULL = 1014


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise the SDK's errors as ours. `what` names the container and key, never the content."""
    try:
        yield
    except HttpResponseError as error:
        raise _meaning(error, what) from error
    except ServiceResponseError as error:
        # The request went out and no answer came back.
        raise Unknown(f"{what}: no answer ({type(error).__name__})") from error
    except ServiceRequestError as error:
        raise Transient(f"{what}: not reachable ({type(error).__name__})") from error
    except AzureError as error:
        raise Transient(f"{what}: {type(error).__name__}") from error


def _meaning(error: HttpResponseError, what: str) -> Failure:
    status, substatus = error.status_code or 0, _substatus(error)
    said = f"{what}: {status}/{substatus}"
    if status in _CONFLICT:
        return Conflict(said)
    if status in _TRANSIENT or (status, substatus) == (404, _SESSION_NOT_AVAILABLE):
        return Unknown(said) if status == 408 else Transient(said, retry_after=_retry_after(error))  # noqa: PLR2004
    if status == 413:  # noqa: PLR2004 - HTTP's own number
        return Poison("too_large", said)
    if (status, substatus) == (403, _PARTITION_FULL):
        return Poison("partition_full", said)
    if status in {401, 403, 404}:
        return Misconfigured(f"{said}: check the COSMOS settings, roles and that the container exists")
    return Failure(said)


def _substatus(error: HttpResponseError) -> int:
    match error:
        case CosmosHttpResponseError(sub_status=substatus):
            return substatus or 0
        case CosmosBatchOperationError(error_index=index, operation_responses=answers):
            # The others only say 424: it was not their fault.
            return int(answers[index].get("subStatusCode", 0))
        case _:
            return 0


def _retry_after(error: HttpResponseError) -> float | None:
    headers = getattr(error, "headers", None) or {}
    text = str(headers.get("x-ms-retry-after-ms", ""))
    return float(text) / 1000 if text.replace(".", "", 1).isdigit() else None
