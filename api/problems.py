"""Every failure as application/problem+json with a stable code (RFC 9457), and the one edge that makes it so."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Final, Self
from uuid import uuid4

import azure.functions as func
import orjson

from api import access
from api.access.allowance import TooManyRequests
from api.access.keys import KeysAway
from api.catalogue import PAGE, PROBLEMS
from orders.refusals import (
    KeyReused,
    OrderNotPending,
    ShipmentUnderWay,
    TransitionForbidden,
    UnknownOrder,
)
from shared.kernel import Poison, Reason, Refused, Transient
from shared.pipeline import Outdated
from shared.telemetry import invoked, observer

log = logging.getLogger("orderflow.api")

type Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]
type Route = Callable[[func.HttpRequest, func.Context], Awaitable[func.HttpResponse]]
# Where a request is wrong: {"pointer" | "parameter" | "header": …, "detail": …}.
type Findings = Sequence[dict[str, str]]

STATUS: Final[dict[type[Refused], HTTPStatus]] = {
    UnknownOrder: HTTPStatus.NOT_FOUND,
    TransitionForbidden: HTTPStatus.CONFLICT,
    OrderNotPending: HTTPStatus.CONFLICT,
    ShipmentUnderWay: HTTPStatus.CONFLICT,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
}
# Why what is stored cannot be read now, each with the code of its reason.
UNREADABLE: Final[frozenset[Reason]] = frozenset(
    {"unreadable", "unreadable_envelope", "unreadable_row", "unknown_version"}
)
TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
# Nothing that an answer needs comes from elsewhere, and nobody on the way keeps it; a page says what it needs itself.
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
}


class Unacceptable(Exception):  # noqa: N818 - a request we answer, not an error of ours
    """The request itself is at fault; answered as it says."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, *, errors: Findings | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, errors

    @classmethod
    def parameter(cls, name: str, code: str, detail: str) -> Self:
        """A parameter of the query is at fault."""
        return cls(HTTPStatus.BAD_REQUEST, code, detail, errors=[{"parameter": name, "detail": detail}])

    @classmethod
    def header(cls, name: str, code: str, detail: str) -> Self:
        """A header is at fault."""
        return cls(HTTPStatus.BAD_REQUEST, code, detail, errors=[{"header": name, "detail": detail}])


@dataclass(frozen=True, slots=True)
class Problem:
    """`retry_after` is in seconds; 0 when trying again is of no use."""

    status: HTTPStatus
    code: str
    detail: str
    errors: Findings | None = None
    retry_after: int = 0

    def body(self, trace_id: str) -> dict[str, object]:
        kind = PROBLEMS.get(self.code)
        told = {
            "type": f"{PAGE}#{self.code}",
            "title": kind.title if kind else self.status.phrase,
            "status": self.status.value,
            "code": self.code,
            "detail": self.detail,
            "traceId": trace_id,
        }
        return told | ({"errors": self.errors} if self.errors else {})

    def response(self, trace_id: str) -> func.HttpResponse:
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        return func.HttpResponse(
            orjson.dumps(self.body(trace_id)),
            status_code=self.status.value,
            headers=headers,
            mimetype="application/problem+json",
        )


def answered(handler: Handler) -> Route:
    """Let in whom the rules let in, and turn whatever a handler raises into its answer, within the run's trace."""
    name, rule = handler.__name__, access.rule_of(handler.__name__)

    # The worker looks at the parameters and gives the context to whoever names it; a wrapped handler would hide it.
    async def answer(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        with invoked(context, stage="" if req.method == "GET" else name), observer().span(name) as trace:
            answered = await _attempted(handler, rule, req)
            trace.say(status=answered.status_code)
            _kept_safe(answered)
            return answered

    answer.__name__, answer.__qualname__, answer.__module__ = name, handler.__qualname__, handler.__module__
    answer.__doc__ = handler.__doc__
    return answer


def _kept_safe(answered: func.HttpResponse) -> None:
    """What a page says itself stays. Asking these headers one by one for a default would take five times as long."""
    said = {name.lower() for name in answered.headers.keys()}  # noqa: SIM118 - their own iterator gives pairs
    for header, value in HEADERS.items():
        if header not in said:
            answered.headers.add(header, value)


async def _attempted(handler: Handler, rule: access.Rule, req: func.HttpRequest) -> func.HttpResponse:
    try:
        async with asyncio.timeout(rule.within.total_seconds()):
            asking = await access.admitted(rule, req.headers)
            if customer_id := req.route_params.get("customerId"):
                asking.insist_on(customer_id)
            return await handler(req)
    except Exception as error:  # noqa: BLE001 - the edge: what nobody foresaw is logged there and answered 500
        trace_id = current_trace(req)
        return problem_of(error, trace_id, handler.__name__).response(trace_id)


def current_trace(req: func.HttpRequest) -> str:
    """What the log knows this request by: of the trace under way, else of the caller's, else a new one."""
    here = observer().traceparent() or req.headers.get("traceparent", "")
    return here[3:35] if TRACEPARENT.fullmatch(here) else uuid4().hex


def problem_of(error: Exception, trace_id: str, where: str) -> Problem:
    """What is known is answered as such; for what is not, `traceId` leads to the log."""
    if (known := _known(error)) is not None:
        if known.status == HTTPStatus.SERVICE_UNAVAILABLE:
            log.warning("answered 503: %s: %s, trace %s", where, error, trace_id)
        return known
    log.error("answered 500: %s, trace %s", where, trace_id, exc_info=error)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "this is our fault; it was logged")


def _known(error: Exception) -> Problem | None:  # noqa: PLR0911 - a case each
    match error:
        case Unacceptable(status=status, code=code, detail=detail, errors=errors):
            return Problem(status, code, detail, errors)
        case Refused(code=code):
            return Problem(STATUS.get(type(error), HTTPStatus.CONFLICT), code, str(error))
        case access.Unauthenticated():
            return Problem(HTTPStatus.UNAUTHORIZED, "unauthenticated", str(error))
        case access.Forbidden():
            return Problem(HTTPStatus.FORBIDDEN, "forbidden", str(error))
        case TooManyRequests(retry_after=seconds):
            return Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", str(error), retry_after=seconds)
        case Outdated():
            return Problem(HTTPStatus.PRECONDITION_FAILED, "precondition_failed", str(error))
        case Poison(reason="too_large"):
            return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "order_too_large", "the order is too large to store")
        case Poison(reason=reason) if reason in UNREADABLE:
            # Its feeds have parked it, or another version of the app reads it: nothing is lost, and nothing is wrong.
            return _unavailable(reason, "what is stored cannot be read by this version")
        case _:
            return _passing(error)


def _passing(error: Exception) -> Problem | None:
    match error:
        case KeysAway():
            return _unavailable("identity_away", "the token cannot be verified now; try again", after=10)
        case Transient(retry_after=seconds):
            return _unavailable("try_again", "the store is busy or away; try again", after=ceil(seconds or 1))
        case TimeoutError():
            return _unavailable("too_slow", "there is no answer in time; what was asked may have been done")
        case _:
            return None


def _unavailable(code: str, detail: str, *, after: int = 1) -> Problem:
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, code, detail, retry_after=after)
