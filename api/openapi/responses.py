"""Every answer of a route by status: what it promises, the problems it can meet, what the platform says before it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from api.catalogue import PAGE, PROBLEMS
from api.openapi.doors import Door
from api.openapi.operation import Header, Operation, Schema, Success
from api.openapi.problems import OF_A_BODY, OF_A_GUARDED_ROUTE, OF_EVERY_ROUTE

type Part = dict[str, Any]

_PROBLEM: Final = "application/problem+json"
_RETRY_AFTER: Final = Header("Retry-After", "In how many seconds.", {"type": "string", "pattern": "^[0-9]+$"})
# Without a body, since no code of ours has run.
_PLATFORM: Final = {
    HTTPStatus.UNAUTHORIZED: " Where function keys are asked for, it is the platform's own answer, without a body.",
    HTTPStatus.TOO_MANY_REQUESTS: " When the app has as many as it takes, it is the platform's own, without a body.",
}
_TOO_MANY: Final = {"description": _PLATFORM[HTTPStatus.TOO_MANY_REQUESTS].strip()}
_SAYING_WHEN: Final = {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}


def everywhere() -> Mapping[str, Part]:
    """What every route may answer, by the name under which it is referred to."""
    named = _problems((*OF_EVERY_ROUTE, *OF_A_GUARDED_ROUTE))
    return {_name(status): part for status, part in named.items()}


def responses(
    door: Door, operation: Operation, *, schemas: Mapping[HTTPStatus, Schema], links: Mapping[HTTPStatus, Part]
) -> Part:
    """`schemas` are those of the bodies it promises, `links` where its answers lead."""
    met = {HTTPStatus.TOO_MANY_REQUESTS: _TOO_MANY} | _problems(_codes(door, operation))
    found = {status: _shared(status, part) for status, part in met.items()}
    for each in operation.answers:
        failing = _problems(OF_EVERY_ROUTE).get(each.status, {})
        found[each.status] = _joined(failing, _success(each, operation, schemas.get(each.status)))
        if leading := links.get(each.status):
            found[each.status]["links"] = leading
    return {str(status.value): found[status] for status in sorted(found)}


def _shared(status: HTTPStatus, part: Part) -> Part:
    return {"$ref": f"#/components/responses/{_name(status)}"} if everywhere().get(_name(status)) == part else part


def _joined(failing: Part, said: Part) -> Part:
    """Whoever is not ready says why in a body of its own, or fails as every other route does."""
    content = said.get("content", {}) | failing.get("content", {})
    return failing | said | ({"content": content} if content else {})


def _codes(door: Door, operation: Operation) -> Iterable[str]:
    """Its own, those of its parameters and of its body, and those of every route like it; each once."""
    brought = [code for parameter in operation.parameters for code in parameter.codes]
    of_a_body, of_a_guarded = OF_A_BODY if operation.takes else (), () if door.is_open else OF_A_GUARDED_ROUTE
    return dict.fromkeys([*operation.codes, *brought, *of_a_body, *OF_EVERY_ROUTE, *of_a_guarded])


def _problems(codes: Iterable[str]) -> dict[HTTPStatus, Part]:
    by_status = defaultdict[HTTPStatus, list[str]](list)
    for code in codes:
        by_status[PROBLEMS[code].status].append(code)
    return {status: _problem(status, met) for status, met in by_status.items()}


def _problem(status: HTTPStatus, met: Sequence[str]) -> Part:
    only = {"properties": {"status": {"const": status.value}, "code": {"enum": list(met)}}}
    return {
        "description": " ".join(PROBLEMS[code].when for code in met) + _PLATFORM.get(status, ""),
        **_headers([_RETRY_AFTER] if status in _SAYING_WHEN else []),
        "content": {
            _PROBLEM: {
                "schema": {"$ref": "#/components/schemas/Problem", **only},
                "examples": {code: {"value": _example(status, code)} for code in met},
            }
        },
    }


def _example(status: HTTPStatus, code: str) -> Part:
    said = {"type": f"{PAGE}#{code}", "title": PROBLEMS[code].title, "status": status.value, "code": code}
    return said | {"detail": PROBLEMS[code].remedy, "traceId": "4bf92f3577b34da6a3ce929d0e0e4736"}


def _success(success: Success, operation: Operation, schema: Schema | None) -> Part:
    brought = [header for parameter in operation.parameters for header in parameter.headers]
    shown = {"schema": schema} | ({} if success.example is None else {"example": success.example})
    texts = {media: {"schema": {"type": "string"}} for media in success.texts}
    return {
        "description": success.status.phrase,
        **_headers([*success.headers, *brought]),
        **({"content": {success.media: shown} | texts} if schema else {}),
    }


def _headers(several: Sequence[Header]) -> Part:
    """As part of a response; nothing when there are none."""
    shown = {each.name: {"description": each.about, "schema": each.schema} for each in several}
    return {"headers": shown} if shown else {}


def _name(status: HTTPStatus) -> str:
    return status.phrase.replace(" ", "")
