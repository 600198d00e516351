"""Every failure as application/problem+json with a stable code (RFC 9457), and the one edge that makes it so."""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import azure.functions as func
import orjson

from orders.refusals import KeyReused, OrderNotPending, ShipmentUnderWay, TransitionForbidden, UnknownOrder
from shared.kernel import Poison, Refused, Transient
from shared.pipeline import Outdated
from shared.telemetry import invoked, observer

log = logging.getLogger("orderflow.api")

type Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]
type Route = Callable[[func.HttpRequest, func.Context], Awaitable[func.HttpResponse]]

STATUS: Final[dict[type[Refused], HTTPStatus]] = {
    UnknownOrder: HTTPStatus.NOT_FOUND,
    TransitionForbidden: HTTPStatus.CONFLICT,
    OrderNotPending: HTTPStatus.CONFLICT,
    ShipmentUnderWay: HTTPStatus.CONFLICT,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
}


class Unacceptable(Exception):  # noqa: N818 - a request we answer, not an error of ours
    """The request itself is at fault; answered as it says."""

    def __init__(
        self, status: HTTPStatus, code: str, detail: str, *, errors: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, errors


def problem(
    status: HTTPStatus, code: str, detail: str, *, errors: list[dict[str, str]] | None = None
) -> func.HttpResponse:
    body: dict[str, object] = {"type": "about:blank", "title": status.phrase, "status": status.value}
    body |= {"code": code, "detail": detail} | ({"errors": errors} if errors else {})
    headers = {"Retry-After": "1"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return func.HttpResponse(
        orjson.dumps(body), status_code=status.value, headers=headers, mimetype="application/problem+json"
    )


def answered(handler: Handler) -> Route:
    """Turn whatever a handler raises into its answer, within the run's trace."""
    name = handler.__name__

    # The worker looks at the parameters and gives the context to whoever names it; a wrapped handler would hide it.
    async def answer(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        with invoked(context, stage="" if req.method == "GET" else name), observer().span(name) as trace:
            answered = await _attempted(handler, req)
            trace.say(status=answered.status_code)
            return answered

    answer.__name__, answer.__qualname__, answer.__module__ = name, handler.__qualname__, handler.__module__
    answer.__doc__ = handler.__doc__
    return answer


async def _attempted(handler: Handler, req: func.HttpRequest) -> func.HttpResponse:
    try:
        return await handler(req)
    except Exception as error:
        if (known := _answer(error)) is not None:
            return known
        log.exception("answered 500: %s", handler.__name__)
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "this is our fault; it was logged")


def _answer(error: Exception) -> func.HttpResponse | None:
    match error:
        case Unacceptable(status=status, code=code, detail=detail, errors=errors):
            return problem(status, code, detail, errors=errors)
        case Refused(code=code):
            return problem(STATUS[type(error)], code, str(error))
        case Outdated():
            return problem(HTTPStatus.PRECONDITION_FAILED, "precondition_failed", str(error))
        case Transient():
            log.warning("answered 503: %s", error)
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "try_again", "the store is busy or away; try again")
        case Poison():
            return _poisoned(error)
        case _:
            return None


def _poisoned(poison: Poison) -> func.HttpResponse | None:
    match poison.reason:
        case "too_large":
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "order_too_large", "the order is too large to store")
        case "unreadable" | "unreadable_envelope" | "unreadable_row" | "unknown_version" as reason:
            # Its feeds have parked it, or another version of the app reads it: nothing is lost, and nothing is wrong.
            log.warning("answered 503: %s", poison)
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, reason, "what is stored cannot be read by this version")
        case _:
            return None
