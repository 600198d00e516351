"""What the server refuses, with the status, substatus and code name the REST protocol gives it."""

from typing import Final

CODES: Final = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    424: "FailedDependency",
    429: "TooManyRequests",
    449: "RetryWith",
    500: "InternalServerError",
    501: "NotImplemented",
    503: "ServiceUnavailable",
}

PARTITION_KEY_MISMATCH: Final = 1001
SESSION_NOT_AVAILABLE: Final = 1002
RANGE_GONE: Final = 1002
OWNER_NOT_FOUND: Final = 1003
CROSS_PARTITION_NOT_SERVABLE: Final = 1004
CONTAINER_RECREATED: Final = 1024
REQUEST_RATE_TOO_LARGE: Final = 3200


class CosmosError(Exception):
    """One refused request or batch operation."""

    def __init__(self, status: int, message: str, *, substatus: int = 0, retry_after_ms: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.substatus = substatus
        self.retry_after_ms = retry_after_ms


def bad_request(message: str, *, substatus: int = 0) -> CosmosError:
    return CosmosError(400, message, substatus=substatus)


def not_found(message: str = "Resource Not Found.", *, substatus: int = 0) -> CosmosError:
    return CosmosError(404, message, substatus=substatus)


def conflict(message: str = "Resource with specified id or name already exists.") -> CosmosError:
    return CosmosError(409, message)


def precondition_failed() -> CosmosError:
    return CosmosError(412, "One of the specified pre-condition is not met.")


def too_large(message: str = "Request size is too large.") -> CosmosError:
    return CosmosError(413, message)


def partition_key_mismatch() -> CosmosError:
    return bad_request(
        "Partition key provided either doesn't correspond to definition in the collection or doesn't match partition "
        "key field values specified in the document.",
        substatus=PARTITION_KEY_MISMATCH,
    )


def range_gone(name: str) -> CosmosError:
    return CosmosError(410, f"Partition key range {name} is gone; read the ranges again.", substatus=RANGE_GONE)


def not_supported(what: str) -> CosmosError:
    return bad_request(f"{what} is not supported by this local server.")
