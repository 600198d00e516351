"""The OpenAPI 3.1 document: routes from the functions, shapes from the types, and one entry each for the rest."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from api import shapes
from api.access import Reach, Role, Rule, rule_of
from api.openapi.doors import Door
from api.openapi.links import links
from api.openapi.operation import JSON, Operation, Parameter, Schema
from api.openapi.operations import OPERATIONS
from api.openapi.parameters import IN_PATH
from api.openapi.responses import everywhere, responses
from api.openapi.schemas import schemas

type Part = dict[str, Any]
type Known = tuple[Door, Operation]

_ABOUT: Final = (
    "Orders that come out right. Every error is a problem (RFC 9457) whose `code` keeps its meaning. Reads of views "
    "wait up to 2 s for what was committed before the request. Answers may get further properties at any time."
)
_KEYS: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A token of Entra ID."},
    "functionKey": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
    "functionKeyInQuery": {"type": "apiKey", "in": "query", "name": "code"},
}


def document(doors: Iterable[Door]) -> Part:
    """Raises KeyError for a function that has no entry."""
    known = [(door, OPERATIONS[door.function]) for door in doors]
    shown, shared = _schemas(known)
    paths: dict[str, Part] = {}
    for door, operation in known:
        paths.setdefault(door.path, {})[door.method] = _operation(door, operation, shown, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orderflow", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(door.tag for door, _ in known)],
        "paths": paths,
        "components": {"schemas": shared, "responses": everywhere(), "securitySchemes": _KEYS},
    }


def _schemas(known: Iterable[Known]) -> tuple[Mapping[str, Schema], Mapping[str, Schema]]:
    """Under the names that the parts below ask for, and whatever these refer to."""
    read: Part = {}
    written: Part = {"problem": shapes.Problem}
    for door, operation in known:
        read |= {_named(each): each.kind for each in _parameters(door, operation)}
        read |= {door.function: operation.takes} if operation.takes else {}
        written |= {f"{door.function} {each.status}": each.kind for each in operation.answers if each.kind}
    return schemas(read=read, written=written)


def _operation(door: Door, operation: Operation, shown: Mapping[str, Schema], known: Iterable[Known]) -> Part:
    parameters = [_parameter(each, operation, shown[_named(each)]) for each in _parameters(door, operation)]
    promised = {each.status: shown[f"{door.function} {each.status}"] for each in operation.answers if each.kind}
    leading = {each.status: links(each, known) for each in operation.answers}
    return {
        "operationId": door.function,
        "summary": operation.summary,
        "description": _who(rule_of(door.function)),
        "tags": [door.tag],
        **({"parameters": parameters} if parameters else {}),
        **(_body(operation, shown[door.function]) if operation.takes else {}),
        "responses": responses(door, operation, schemas=promised, links=leading),
        "security": [] if door.is_open else [{name: []} for name in _KEYS],
    }


def _who(rule: Rule) -> str:
    """May use the route, and for whose orders."""
    if rule.is_open:
        return "Open to whoever comes."
    reached: Mapping[Reach, str] = {"own": " (own orders)", "all": ""}
    roles = [f"{role}{reached[reach]}" for role in get_args(Role.__value__) if (reach := rule.of(role)) in reached]
    return f"For the roles {', '.join(roles)}."


def _parameters(door: Door, operation: Operation) -> tuple[Parameter, ...]:
    return (*(IN_PATH[name] for name in door.names), *operation.parameters)


def _named(parameter: Parameter) -> str:
    return f"{parameter.place} {parameter.name}"


def _parameter(parameter: Parameter, operation: Operation, schema: Schema) -> Part:
    example = operation.path.get(parameter.name, parameter.example)
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.about,
        **({"required": True} if parameter.is_required or parameter.place == "path" else {}),
        "schema": schema,
        **({} if example is None else {"example": example}),
    }


def _body(operation: Operation, schema: Schema) -> Part:
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema, "example": operation.example}}}}
