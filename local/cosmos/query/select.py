"""A query or subquery as a function from the row around it to its results."""

from collections.abc import Callable, Iterator
from itertools import islice

from local.cosmos.query.counts import resolve
from local.cosmos.query.errors import QueryError
from local.cosmos.query.expressions import compile_expression
from local.cosmos.query.groups import compile_groups, is_grouped
from local.cosmos.query.ordering import sort_key
from local.cosmos.query.paths import document_path
from local.cosmos.query.scope import Evaluate, Row, Rows, Scope
from local.cosmos.query.selection import compile_selection
from local.cosmos.query.sources import Expand, compile_inputs
from local.cosmos.query.syntax import Order, Select
from local.cosmos.query.values import UNDEFINED


def compile_query_rows(select: Select) -> Rows:
    """The whole query; its row is only the run."""
    _check_order(select)
    if select.top is not None and select.page is not None:
        raise QueryError("'TOP' is not allowed together with 'OFFSET LIMIT'.")
    return _compile(select, Scope(_compile_subquery))


def _compile_subquery(select: Select, scope: Scope) -> Rows:
    for clause, code, present in (
        ("'ORDER BY' is", "SC2202", bool(select.order_by)),
        ("'TOP' is", "SC2203", select.top is not None),
        ("'OFFSET LIMIT' clause is", "SC2204", select.page is not None),
    ):
        if present:
            raise QueryError(f"{clause} not supported in subqueries.", code=code)
    return _compile(select, scope)


def _compile(select: Select, scope: Scope) -> Rows:
    expand, inner = compile_inputs(select.inputs, scope)
    if select.where is not None:
        expand = _filtered(expand, compile_expression(select.where, inner))
    if is_grouped(select):
        gather, outer = compile_groups(select, inner)
        return _paged(select, _results(lambda row: gather(row, expand(row)), select, outer))
    return _paged(select, _results(_sorted(expand, select.order_by, inner), select, inner))


def _results(expand: Expand, select: Select, scope: Scope) -> Rows:
    project = compile_selection(select, scope)

    def rows(start: Row) -> Iterator[object]:
        return (value for row in expand(start) if (value := project(row)) is not UNDEFINED)

    return _distinct(rows) if select.distinct else rows


def _filtered(expand: Expand, holds: Evaluate) -> Expand:
    return lambda start: (row for row in expand(start) if holds(row) is True)


def _sorted(expand: Expand, orders: tuple[Order, ...], scope: Scope) -> Expand:
    if not orders:
        return expand
    passes = tuple((compile_expression(order.expression, scope), order.descending) for order in reversed(orders))

    def rows(start: Row) -> Iterator[Row]:
        result = list(expand(start))
        for read, descending in passes:
            result.sort(key=_key(read), reverse=descending)
        return iter(result)

    return rows


def _key(read: Evaluate) -> Callable[[Row], tuple[object, ...]]:
    return lambda row: sort_key(read(row))


def _check_order(select: Select) -> None:
    for order in select.order_by:
        if is_grouped(select):
            continue  # one row has no order
        if not document_path(order.expression, select):
            raise QueryError(
                "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.",
                code="SC2206",
            )


def _distinct(rows: Rows) -> Rows:
    def once(start: Row) -> Iterator[object]:
        seen: set[object] = set()
        for value in rows(start):
            key = sort_key(value)
            if key not in seen:
                seen.add(key)
                yield value

    return once


def _paged(select: Select, rows: Rows) -> Rows:
    if select.top is not None:
        top = select.top
        return lambda start: islice(rows(start), resolve("TOP", top, start[0].parameters))
    if select.page is not None:
        page = select.page

        def paged(start: Row) -> Iterator[object]:
            offset = resolve("OFFSET", page.offset, start[0].parameters)
            return islice(rows(start), offset, offset + resolve("LIMIT", page.limit, start[0].parameters))

        return paged
    return rows
