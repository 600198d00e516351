"""FROM and JOIN: from one row to many, each with one more place."""

from collections.abc import Callable, Iterator

from local.cosmos.query.errors import QueryError
from local.cosmos.query.expressions import member
from local.cosmos.query.scope import Evaluate, Row, Rows, Scope
from local.cosmos.query.syntax import Collection, From, Path, Select
from local.cosmos.query.values import UNDEFINED

type Expand = Callable[[Row], Iterator[Row]]


def compile_inputs(inputs: tuple[From, ...], scope: Scope) -> tuple[Expand, Scope]:
    """The rows of a FROM clause, and the scope in which the other clauses see them; without inputs, the row itself."""
    expand: Expand = lambda row: iter((row,))  # noqa: E731 - the start of a composition
    taken: set[str] = set()
    for source in inputs:
        alias = source.alias or _implied(source)
        if alias is not None and alias in taken:
            raise QueryError(f"The input alias '{alias}' is specified more than once in the FROM clause.")
        taken.update(() if alias is None else (alias,))
        expand = _joined(expand, _values(source, scope))
        scope = scope.bind(alias)
    return expand, scope


def _implied(source: From) -> str | None:
    match source.collection:
        case Path(root, keys):
            last = keys[-1] if keys else root.text
            return last if isinstance(last, str) else None
        case Select():
            return None


def _joined(left: Expand, values: Rows) -> Expand:
    def rows(start: Row) -> Iterator[Row]:
        for row in left(start):
            for value in values(row):
                yield (*row, value)

    return rows


def _values(source: From, scope: Scope) -> Rows:
    values = _collected(source.collection, scope)
    return _elements(values) if source.each else values


def _collected(collection: Collection, scope: Scope) -> Rows:
    match collection:
        case Path(root, keys) if scope.over_container and root.text not in scope.names:
            return _below(lambda row: iter(row[0].documents), keys)
        case Path(root, keys):
            place = scope.place(root)
            return _below(_one(lambda row: row[place]), keys)
        case Select():
            return scope.compile_select(collection, scope)


def _one(read: Evaluate) -> Rows:
    def values(row: Row) -> Iterator[object]:
        if (value := read(row)) is not UNDEFINED:
            yield value

    return values


def _below(holders: Rows, keys: tuple[str | int, ...]) -> Rows:
    if not keys:
        return holders

    def values(row: Row) -> Iterator[object]:
        for value in holders(row):
            for key in keys:
                value = member(value, key)  # noqa: PLW2901 - walking down
            if value is not UNDEFINED:
                yield value

    return values


def _elements(values: Rows) -> Rows:
    def elements(row: Row) -> Iterator[object]:
        for value in values(row):
            if isinstance(value, list):
                yield from value

    return elements
