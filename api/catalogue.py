"""Every problem that an answer may name: its code, its status, what it means, and what to do about it.

A code never changes its meaning. docs/problems.md has an anchor for each, and so has the page at /api/problems, to
which the `type` of an answer leads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

PAGE: Final = "/api/problems"


@dataclass(frozen=True, slots=True)
class Kind:
    status: HTTPStatus
    title: str
    remedy: str

    @property
    def when(self) -> str:
        return f"{self.title}."


PROBLEMS: Final[Mapping[str, Kind]] = {
    "unauthenticated": Kind(
        HTTPStatus.UNAUTHORIZED,
        "Nobody knows who asks",
        "Send a token of Entra ID for this app as `Authorization: Bearer …`; if you did, `detail` says what is wrong.",
    ),
    "forbidden": Kind(
        HTTPStatus.FORBIDDEN,
        "This is not for you",
        "Ask for the role that the route wants; a customer reaches only what is his own.",
    ),
    "too_many_requests": Kind(
        HTTPStatus.TOO_MANY_REQUESTS, "You have asked too often", "Wait as many seconds as `Retry-After` says."
    ),
    "order_not_found": Kind(
        HTTPStatus.NOT_FOUND,
        "There is no such order",
        "It was never placed, was deleted, or is another customer's; nobody but operators can tell these apart.",
    ),
    "transition_forbidden": Kind(
        HTTPStatus.CONFLICT,
        "The order cannot get there from where it is",
        "Read the order again. It goes from pending to shipped to delivered, or from pending to cancelled.",
    ),
    "order_not_pending": Kind(
        HTTPStatus.CONFLICT, "Only a pending order can be deleted", "Leave it; it has gone its way already."
    ),
    "shipment_under_way": Kind(
        HTTPStatus.CONFLICT,
        "The carrier has been asked and has not answered",
        "Try again in a minute: it is then known whether there is a parcel.",
    ),
    "idempotency_key_reused": Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The key already stands for another request",
        "Use a new `Idempotency-Key` for each order, and the same one only to repeat the same request.",
    ),
    "precondition_failed": Kind(
        HTTPStatus.PRECONDITION_FAILED,
        "The order is no longer as you saw it",
        "Read it again, decide again, and send the new `ETag` as `If-Match`.",
    ),
    "malformed_json": Kind(HTTPStatus.BAD_REQUEST, "The body is not JSON", "Send JSON as UTF-8."),
    "invalid_body": Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The body has errors",
        "Each of `errors` points at a field (RFC 6901) and says what it takes.",
    ),
    "unsupported_media_type": Kind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not said to be JSON", "Send `Content-Type: application/json`."
    ),
    "body_too_large": Kind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large", "Send less at once; `detail` says how much goes."
    ),
    "order_too_large": Kind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The order is too large to store",
        "Split it: an order is stored as one item of at most 30 KB.",
    ),
    "invalid_limit": Kind(
        HTTPStatus.BAD_REQUEST, "The page size makes no sense", "Give a `limit` from 1 to 1000, or none."
    ),
    "invalid_cursor": Kind(
        HTTPStatus.BAD_REQUEST,
        "The cursor is not one of this list",
        "Follow `Link` as it stands; a cursor is good only for the list, and the filters, that gave it.",
    ),
    "invalid_status": Kind(
        HTTPStatus.BAD_REQUEST, "There is no such status", "Ask for pending, shipped, delivered or cancelled."
    ),
    "invalid_date": Kind(HTTPStatus.BAD_REQUEST, "That is not a day", "Write a day like 2026-01-31."),
    "invalid_dates": Kind(HTTPStatus.BAD_REQUEST, "The end is before the start", "Exchange the two days."),
    "invalid_period": Kind(
        HTTPStatus.BAD_REQUEST,
        "The period makes no sense",
        "Give `from` and `to` as days like 2026-01-31, not too far apart; `detail` says how far.",
    ),
    "invalid_as_of": Kind(
        HTTPStatus.BAD_REQUEST,
        "That is neither a time nor a sequence",
        "Give `asOf` as a time with its offset, like 2026-01-31T09:30:00Z, or as the number in an `ETag`.",
    ),
    "invalid_idempotency_key": Kind(
        HTTPStatus.BAD_REQUEST, "The key cannot be one", "Send 1 to 255 visible ASCII characters, for example a UUID."
    ),
    "invalid_if_match": Kind(
        HTTPStatus.BAD_REQUEST, "If-Match holds no entity tags", 'Send the `ETag` as it came, for example `"3"`.'
    ),
    "no_such_lane": Kind(
        HTTPStatus.NOT_FOUND,
        "Nothing is parked under this name",
        "It was released or dropped meanwhile; list the lanes again.",
    ),
    "no_such_saga": Kind(
        HTTPStatus.NOT_FOUND,
        "There is no such saga",
        "None was begun for the order; retry, skip and compensate are what can be done to one.",
    ),
    "not_editable": Kind(
        HTTPStatus.CONFLICT,
        "This edit may not be made",
        "What can be read is history; what cannot, has to be readable afterwards. `detail` says which it is.",
    ),
    "not_droppable": Kind(
        HTTPStatus.CONFLICT,
        "This cannot be left out",
        "What a view keeps is the fold of all its events: mend the event, or the code, and replay.",
    ),
    "not_possible": Kind(
        HTTPStatus.CONFLICT,
        "The saga does not let this be done now",
        "Look where it stands; docs/fulfilment.md has what may be done at each place.",
    ),
    "try_again": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The store is busy or away",
        "Repeat the request after `Retry-After`; with its `Idempotency-Key` an order is not placed twice.",
    ),
    "too_slow": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The answer was not there in time",
        "It may have been done all the same: read the order, or repeat the request with its `Idempotency-Key`.",
    ),
    "identity_away": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Nobody can say whether the token is good",
        "Entra ID does not give its keys at the moment; repeat the request after `Retry-After`.",
    ),
    "unreadable": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "What is stored of the order cannot be read",
        "Its feeds have parked it; nothing is lost. Somebody has to mend it: docs/runbook.md says how.",
    ),
    "unreadable_envelope": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "What is stored of the order cannot be told apart",
        "Its feeds have parked it; nothing is lost. Somebody has to mend it: docs/runbook.md says how.",
    ),
    "unreadable_row": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "A stored row cannot be read",
        "Its feed has parked it; nothing is lost. Somebody has to mend it: docs/runbook.md says how.",
    ),
    "unknown_version": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "A newer version of the app wrote this",
        "Repeat the request after `Retry-After`: while a deployment rolls out, another instance can read it.",
    ),
    "internal": Kind(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "This is our fault",
        "Tell us the `traceId`; what happened is in the log under it.",
    ),
}
