"""GROUP BY and aggregates: rows gathered, then one row for each group with its results behind it."""

from collections.abc import Callable, Iterator

from local.cosmos.query import walk
from local.cosmos.query.aggregates import AGGREGATES, aggregates_in, is_aggregate
from local.cosmos.query.errors import QueryError
from local.cosmos.query.expressions import compile_expression
from local.cosmos.query.ordering import sort_key
from local.cosmos.query.scope import Evaluate, Row, Scope, extend
from local.cosmos.query.syntax import Expression, Member, Name, Select, Star, Subquery
from local.cosmos.query.text import write
from local.cosmos.query.values import UNDEFINED

type Gather = Callable[[Row, Iterator[Row]], Iterator[Row]]


def is_grouped(select: Select) -> bool:
    """True if rows are gathered at all."""
    return bool(select.group_by) or any(
        is_aggregate(part) for whole in walk.selected(select.selection) for part in walk.parts(whole)
    )


def compile_groups(select: Select, scope: Scope) -> tuple[Gather, Scope]:
    """Raises QueryError when the SELECT list uses what is neither grouped by nor aggregated."""
    _check(select)
    calls = {write(call): call for call in aggregates_in(walk.selected(select.selection))}
    results = tuple((AGGREGATES[call.name], compile_expression(call.arguments[0], scope)) for call in calls.values())
    keys = tuple(compile_expression(key, scope) for key in select.group_by)
    places = scope.width

    def gather(start: Row, rows: Iterator[Row]) -> Iterator[Row]:
        groups = _groups(rows, keys)
        if not groups and not keys:
            # An aggregate over nothing still has a result, whatever else is read from such a row is undefined.
            groups = [(extend(start, [UNDEFINED] * (places - len(start))), [])]
        for first, group in groups:
            yield extend(first, [aggregate(argument(row) for row in group) for aggregate, argument in results])

    return gather, scope.with_aggregates(calls)


def _groups(rows: Iterator[Row], keys: tuple[Evaluate, ...]) -> list[tuple[Row, list[Row]]]:
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(sort_key(key(row)) for key in keys), []).append(row)
    return [(group[0], group) for group in groups.values()]


def _check(select: Select) -> None:
    if select.order_by and select.group_by:
        raise QueryError("'ORDER BY' is not allowed with GROUP BY.")
    if isinstance(select.selection, Star):
        raise QueryError("'SELECT *' is not allowed with GROUP BY.", code="SC2041")
    for key in select.group_by:
        if any(isinstance(part, Subquery) or is_aggregate(part) for part in walk.parts(key)):
            raise QueryError("GROUP BY allows neither subqueries nor aggregate functions.")
    keys = frozenset(map(write, select.group_by))
    for expression in walk.selected(select.selection):
        _check_selected(expression, keys)


def _check_selected(expression: Expression, keys: frozenset[str]) -> None:
    if is_aggregate(expression) or write(expression) in keys:
        return
    match expression:
        case Name() | Member():
            raise QueryError(
                f"Property reference '{write(expression)}' is invalid in the select list because it is not contained "
                "in either an aggregate function or the GROUP BY clause.",
                code="SC2102",
            )
        case Subquery():
            raise QueryError("A subquery cannot be selected together with GROUP BY or an aggregate function.")
        case _:
            for part in walk.children(expression):
                _check_selected(part, keys)
