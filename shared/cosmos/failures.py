"""What the store's answers mean for us: one table, by status and substatus.

The SDK has its own retries below this: it waits for throttled requests only as far as our client lets it, repeats reads
on 408, 500 and 503, and follows a split for queries and feeds. It never repeats a write after 408, and nothing on 449.
Source: azure-cosmos 4.17.1, `_retry_utility_async`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from aiohttp import ClientConnectorError
from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError

from shared.kernel import Conflict, Failure, Misconfigured, Poison, Reason, Throttled, Transient, Unknown

type Meaning = Callable[[str, float | None], Failure]


def _conflict(said: str, _: float | None) -> Failure:
    return Conflict(said)


def _transient(said: str, retry_after: float | None) -> Failure:
    return Transient(said, retry_after=retry_after)


def _unknown(said: str, retry_after: float | None) -> Failure:
    return Unknown(said, retry_after=retry_after)


def _throttled(said: str, retry_after: float | None) -> Failure:
    return Throttled(said, retry_after=retry_after)


def _setting(said: str, _: float | None) -> Failure:
    return Misconfigured(f"{said}: check the COSMOS settings, the roles, and that the container exists")


def _poison(reason: Reason) -> Meaning:
    return lambda said, _: Poison(reason, said)


# (status, substatus); None stands for every other substatus of that status.
MEANINGS: Final[Mapping[tuple[int, int | None], Meaning]] = {
    (400, None): _poison("rejected"),
    (401, None): _setting,
    (403, None): _setting,
    (403, 1014): _poison("partition_full"),
    (404, None): _setting,
    (404, 1002): _transient,
    (408, None): _unknown,
    (409, None): _conflict,
    (410, None): _transient,
    (412, None): _conflict,
    (413, None): _poison("too_large"),
    (424, None): _transient,
    (429, None): _throttled,
    (449, None): _transient,
    (500, None): _unknown,
    (503, None): _unknown,
}


@contextmanager
def translated(what: str, *, writes: bool = False) -> Iterator[None]:
    """Raise the SDK's errors as ours.

    `what` names the container and the item, never its content or its partition, which may be a customer's. A read has
    no effect, so what would be unknown of a write is only transient for it.
    """
    try:
        yield
    except AzureError as error:
        failure = _failure(error, what)
        if isinstance(failure, Unknown) and not writes:
            failure = Transient(str(failure), retry_after=failure.retry_after)
        raise failure from error


def _failure(error: AzureError, what: str) -> Failure:
    match error:
        case HttpResponseError(status_code=int(status)):
            substatus = _substatus(error)
            meaning = MEANINGS.get((status, substatus)) or MEANINGS.get((status, None), _unknown)
            return meaning(f"{what}: {status}/{substatus}", _retry_after(error))
        case ServiceRequestError(inner_exception=ClientConnectorError()):
            return Transient(f"{what}: not reachable")
        case _:
            # It may have gone out before the connection broke.
            return Unknown(f"{what}: no answer ({type(error).__name__})")


def _substatus(error: HttpResponseError) -> int:
    match error:
        case CosmosHttpResponseError(sub_status=substatus):
            return substatus or 0
        case CosmosBatchOperationError(error_index=int(index), operation_responses=answers):
            # The others only say 424: it was not their fault.
            return int(answers[index].get("subStatusCode", 0))
        case _:
            return 0


def _retry_after(error: HttpResponseError) -> float | None:
    headers = getattr(error, "headers", None) or {}
    text = str(headers.get("x-ms-retry-after-ms", ""))
    return float(text) / 1000 if text.replace(".", "", 1).isdigit() else None
