"""Every code of a problem: the status it comes with, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from api.problems import STATUS


@dataclass(frozen=True, slots=True)
class Fault:
    status: HTTPStatus
    when: str


_OF_REQUESTS: Final = {
    "malformed_json": Fault(HTTPStatus.BAD_REQUEST, "The body is not JSON."),
    "invalid_limit": Fault(HTTPStatus.BAD_REQUEST, "`limit` is out of range."),
    "invalid_cursor": Fault(HTTPStatus.BAD_REQUEST, "`cursor` is not from the Link of this very list."),
    "invalid_status": Fault(HTTPStatus.BAD_REQUEST, "There is no such status."),
    "invalid_date": Fault(HTTPStatus.BAD_REQUEST, "A date is no day like 2026-01-31."),
    "invalid_dates": Fault(HTTPStatus.BAD_REQUEST, "The end is before the start."),
    "invalid_period": Fault(HTTPStatus.BAD_REQUEST, "A day is missing or none, the end is first, or it is too long."),
    "invalid_idempotency_key": Fault(HTTPStatus.BAD_REQUEST, "`Idempotency-Key` has other than visible ASCII."),
    "invalid_if_match": Fault(HTTPStatus.BAD_REQUEST, "`If-Match` holds something else than entity tags."),
    "precondition_failed": Fault(HTTPStatus.PRECONDITION_FAILED, "The order has changed since that ETag."),
    "body_too_large": Fault(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body has too many bytes."),
    "order_too_large": Fault(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The order is too large to be stored."),
    "invalid_body": Fault(HTTPStatus.UNPROCESSABLE_ENTITY, "The body has errors; `errors` points to them."),
    "try_again": Fault(HTTPStatus.SERVICE_UNAVAILABLE, "The store is busy or away; see Retry-After."),
    **dict.fromkeys(
        ("unreadable", "unreadable_envelope", "unreadable_row", "unknown_version"),
        Fault(HTTPStatus.SERVICE_UNAVAILABLE, "What is stored cannot be read by this version of the app."),
    ),
    "internal": Fault(HTTPStatus.INTERNAL_SERVER_ERROR, "It is our fault, and was logged."),
}
_OF_ORDERS: Final = {
    "order_not_found": "No such order, or it is deleted.",
    "transition_forbidden": "An order of this status cannot come to that one.",
    "order_not_pending": "Only a pending order can be deleted.",
    "shipment_under_way": "The carrier was asked for a parcel, and has not answered yet.",
    "idempotency_key_reused": "The Idempotency-Key stands for another request.",
}

FAULTS: Final[Mapping[str, Fault]] = _OF_REQUESTS | {
    refusal.code: Fault(status, _OF_ORDERS[refusal.code]) for refusal, status in STATUS.items()
}
# Whatever the route.
OF_EVERY_ROUTE: Final = (
    "try_again",
    "unreadable",
    "unreadable_envelope",
    "unreadable_row",
    "unknown_version",
    "internal",
)
OF_A_BODY: Final = ("body_too_large", "malformed_json", "invalid_body")
