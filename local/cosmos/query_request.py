"""What a query request asks: the compiled text, its parameters, and the keys it covers."""

from collections.abc import Mapping
from typing import NamedTuple

from local.cosmos import items, scopes
from local.cosmos.container import Container
from local.cosmos.epk import HIGHEST, LOWEST, Component
from local.cosmos.errors import bad_request
from local.cosmos.language import Query, compile_query, refusing
from local.cosmos.message import Request
from local.cosmos.scopes import Scope


class Question(NamedTuple):
    query: Query
    parameters: Mapping[str, object]


def question(request: Request) -> Question:
    """Reads `{"query": .., "parameters": [{"name": .., "value": ..}]}`."""
    content = items.parse_json(request.body)
    if not isinstance(content, dict) or not isinstance(content.get("query"), str):
        raise bad_request("The body of a query request has no query text.")
    given = content.get("parameters")
    given = [] if given is None else given
    if not isinstance(given, list) or not all(isinstance(one, dict) and "name" in one for one in given):
        raise bad_request("The parameters of a query are a list of objects with name and value.")
    parameters = {str(one["name"]): one.get("value") for one in given}
    with refusing():
        return Question(compile_query(content["query"]), parameters)


def covered(container: Container, request: Request, asked: Question | None) -> tuple[Scope, ...]:
    """By partition key header, range id, or everything, narrowed when the filter names the partition key.

    Raises:
        CosmosError: 400 when the request names no scope at all.

    """
    header = request.headers.get(b"x-ms-documentdb-partitionkey")
    if header is not None:
        low, high = container.key.bounds(header)
        return (scopes.one_key(container, low),) if low == high else scopes.spans(container, low, high)
    name = request.text(b"x-ms-documentdb-partitionkeyrangeid")
    point = None if asked is None else _named_key(container, asked)
    if name is not None:
        scope = scopes.named_range(container, request, name)
        if point is not None and scope.holds(point):
            return (Scope(scope.key_range, point, point, point),)
        return (scope,)
    if asked is not None and not request.flag(b"x-ms-documentdb-query-enablecrosspartition"):
        raise bad_request(
            "Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to "
            "true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception."
        )
    return scopes.spans(container, LOWEST, HIGHEST) if point is None else (scopes.one_key(container, point),)


def _named_key(container: Container, asked: Question) -> bytes | None:
    """The effective key when the filter holds every path of the partition key equal to a constant."""
    values = [asked.query.equal_to(path, asked.parameters) for path in container.key.paths]
    components: list[Component] = []
    for value in values:
        if not isinstance(value, str):
            return None
        components.append(value)
    return container.key.hashed(tuple(components))
