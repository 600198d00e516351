"""A query as the SDK splits it: what each range is asked, and how the client merges what they answer.

The fields, the rewritten texts and when there is none follow QueryPlanBaselineTests of Azure/azure-cosmos-dotnet-v3,
made by Microsoft's own planner. What the Python client does with them is in azure-cosmos 4.17.1, `_execution_context`.
"""

from collections.abc import Mapping

from local.cosmos.query import counts, walk
from local.cosmos.query.aggregates import is_aggregate
from local.cosmos.query.groups import is_grouped
from local.cosmos.query.literals import write_string
from local.cosmos.query.paths import root_name
from local.cosmos.query.selection import named
from local.cosmos.query.syntax import Call, Items, Select, Star, ValueOf
from local.cosmos.query.text import write, write_inputs, write_orders, write_selection

# The client replaces this by `true`, or by where it stopped.
_FILTER = "({documentdb-formattableorderbyquery-filter})"

_OPERATORS = {"COUNT": "Count", "COUNTIF": "CountIf", "SUM": "Sum", "MIN": "Min", "MAX": "Max", "AVG": "Average"}


def refusal(select: Select) -> str | None:
    """Why the client could not merge this query over several ranges, in the words of the 400; None if it can."""
    if select.group_by:
        return "Query contained GroupBy, which the calling client does not support."
    if is_grouped(select) and _aggregate(select) is None:
        return "Cross partition query only supports 'VALUE <AggregateFunc>' for aggregates."
    return None


def make_plan(select: Select, parameters: Mapping[str, object]) -> dict[str, object]:
    """The answer to a plan request, without the `queryRanges` only the server knows."""
    top, offset, limit = _numbers(select, parameters)
    aggregate = _aggregate(select)
    orders = () if aggregate else select.order_by
    return {
        "partitionedQueryExecutionInfoVersion": 2,
        "queryInfo": {
            "distinctType": _distinct_type(select),
            "top": top,
            "offset": offset,
            "limit": limit,
            "orderBy": ["Descending" if order.descending else "Ascending" for order in orders],
            "orderByExpressions": [write(order.expression) for order in orders],
            "groupByExpressions": [write(key) for key in select.group_by],
            "groupByAliases": [],
            "aggregates": [_OPERATORS[aggregate.name]] if aggregate else [],
            "groupByAliasToAggregateType": {},
            "rewrittenQuery": _rewritten(select, top, offset, limit),
            "hasSelectValue": isinstance(select.selection, ValueOf),
            "hasNonStreamingOrderBy": False,
        },
    }


def _aggregate(select: Select) -> Call | None:
    match select.selection:
        case ValueOf(Call() as call) if is_aggregate(call):
            return call
        case _:
            return None


def _numbers(select: Select, parameters: Mapping[str, object]) -> tuple[int | None, int | None, int | None]:
    top = None if select.top is None else counts.resolve("TOP", select.top, parameters)
    if select.page is None:
        return top, None, None
    offset = counts.resolve("OFFSET", select.page.offset, parameters)
    return top, offset, counts.resolve("LIMIT", select.page.limit, parameters)


def _distinct_type(select: Select) -> str:
    if not select.distinct:
        return "None"
    chosen = frozenset(write(expression) for expression in walk.selected(select.selection))
    leading = frozenset(write(order.expression) for order in select.order_by[: len(chosen)])
    # Equal results stand side by side only if the order begins with exactly what is selected.
    return "Ordered" if chosen and chosen == leading else "Unordered"


def _rewritten(select: Select, top: int | None, offset: int | None, limit: int | None) -> str:
    aggregate = _aggregate(select)
    if aggregate is not None:
        return _join(
            f"SELECT VALUE [{_partial(aggregate)}]",
            write_inputs(select.inputs),
            _where(select),
            write_orders(select.order_by),
        )
    # Cutting before the client has removed duplicates would lose rows.
    first = "" if top is None or select.distinct else f"TOP {top}"
    page = (
        ""
        if offset is None or limit is None or select.distinct
        else f"OFFSET 0 LIMIT {min(offset + limit, counts.MOST)}"
    )
    if select.order_by:
        return _ordered(select, first, page)
    if page or (select.distinct and (top is not None or offset is not None)):
        start = _join("SELECT", "DISTINCT" if select.distinct else "", first, write_selection(select.selection))
        return _join(start, write_inputs(select.inputs), _where(select), page)
    return ""


def _partial(call: Call) -> str:
    of, name = write(call), call.name.lower()
    counted = write(Call("COUNT", call.arguments, call.span))
    match call.name:
        case "AVG":
            total = write(Call("SUM", call.arguments, call.span))
            return f'{{"item": {{"sum": {total}, "count": {counted}}}}}'
        case "MIN" | "MAX":
            return f'{{"item": {of}, "item2": {{"{name}": {of}, "count": {counted}}}}}'
        case _:
            return f'{{"item": {of}}}'


def _ordered(select: Select, first: str, page: str) -> str:
    root = root_name(select)
    items = ", ".join(f'{{"item": {write(order.expression)}}}' for order in select.order_by)
    start = _join("SELECT", first, f"{root}._rid, [{items}] AS orderByItems, {_payload(select)} AS payload")
    where = _FILTER if select.where is None else f"({write(select.where)} AND {_FILTER})"
    if isinstance(select.selection, ValueOf):
        where = f"({where} AND IS_DEFINED({_payload(select)}))"
    return _join(start, write_inputs(select.inputs), f"WHERE {where}", write_orders(select.order_by), page)


def _payload(select: Select) -> str:
    match select.selection:
        case Star():
            return root_name(select) or ""
        case ValueOf(expression):
            return write(expression)
        case Items(items):
            return (
                "{" + ", ".join(f"{write_string(name)}: {write(item.expression)}" for name, item in named(items)) + "}"
            )


def _where(select: Select) -> str:
    return "" if select.where is None else f"WHERE {write(select.where)}"


def _join(*clauses: str) -> str:
    return " ".join(filter(None, clauses))
