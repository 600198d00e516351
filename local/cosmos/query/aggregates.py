"""COUNT, SUM, MIN, MAX, AVG and COUNTIF: many values, one result.

What each does with undefined and mixed values is as in AggregateQueryTests.AggregateMixedTypes_baseline.xml and
CosmosUndefinedQueryTests of Azure/azure-cosmos-dotnet-v3.
"""

from collections.abc import Iterable, Iterator

from local.cosmos.query import walk
from local.cosmos.query.errors import QueryError
from local.cosmos.query.ordering import is_primitive, sort_key
from local.cosmos.query.syntax import Call, Expression, Subquery
from local.cosmos.query.values import UNDEFINED, is_number, number


def count(values: Iterable[object]) -> object:
    """How many are defined."""
    return sum(1 for value in values if value is not UNDEFINED)


def count_if(values: Iterable[object]) -> object:
    """How many are true."""
    return sum(1 for value in values if value is True)


def total(values: Iterable[object]) -> object:
    """0 of none; undefined as soon as one is defined and no number."""
    result: int | float = 0
    for value in values:
        if is_number(value):
            result += value
        elif value is not UNDEFINED:
            return UNDEFINED
    return number(result)


def mean(values: Iterable[object]) -> object:
    """Undefined of none, or as soon as one is defined and no number."""
    defined = [value for value in values if value is not UNDEFINED]
    result = total(defined)
    return number(result / len(defined)) if defined and is_number(result) else UNDEFINED


def least(values: Iterable[object]) -> object:
    """The first in the order of all values; undefined of none, or when there is an array or object among them."""
    defined = list(_defined(values))
    return min(defined, key=sort_key) if defined and all(map(is_primitive, defined)) else UNDEFINED


def greatest(values: Iterable[object]) -> object:
    """The last in the order of all values; undefined like `least`."""
    defined = list(_defined(values))
    return max(defined, key=sort_key) if defined and all(map(is_primitive, defined)) else UNDEFINED


def _defined(values: Iterable[object]) -> Iterator[object]:
    return (value for value in values if value is not UNDEFINED)


AGGREGATES = {"COUNT": count, "COUNTIF": count_if, "SUM": total, "MIN": least, "MAX": greatest, "AVG": mean}


def is_aggregate(expression: Expression) -> bool:
    return isinstance(expression, Call) and expression.name in AGGREGATES


def aggregates_in(expressions: Iterable[Expression]) -> tuple[Call, ...]:
    """The aggregate calls of a SELECT list, each checked: one argument, and neither aggregate nor subquery in it."""
    calls = tuple(
        part for whole in expressions for part in walk.parts(whole) if isinstance(part, Call) and is_aggregate(part)
    )
    for call in calls:
        _check(call)
    return calls


def _check(call: Call) -> None:
    if len(call.arguments) != 1:
        message = f"The {call.name} function requires 1 argument(s)."
        raise QueryError(message, code="SC2050", location=call.span)
    for part in walk.parts(call.arguments[0]):
        if is_aggregate(part) or isinstance(part, Subquery):
            raise QueryError(
                "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.",
                code="SC2101",
                location=call.span,
            )
