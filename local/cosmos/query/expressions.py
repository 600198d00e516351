"""Expressions as Python closures over a row: written once per query text, called once per row."""

from collections.abc import Callable

from local.cosmos.query import aggregates, logic
from local.cosmos.query.errors import QueryError
from local.cosmos.query.functions import call
from local.cosmos.query.operators import OPERATIONS, PREFIXES
from local.cosmos.query.scope import Evaluate, Row, Scope
from local.cosmos.query.syntax import (
    ArrayLiteral,
    Between,
    Binary,
    Call,
    Conditional,
    Expression,
    In,
    Index,
    Like,
    Literal,
    Member,
    Name,
    ObjectLiteral,
    Parameter,
    Subquery,
    SubqueryKind,
    Unary,
)
from local.cosmos.query.text import write
from local.cosmos.query.values import UNDEFINED, is_number


def compile_expression(expression: Expression, scope: Scope) -> Evaluate:  # noqa: PLR0911, PLR0912, C901 - one case a node
    """Raises QueryError for names nothing binds and functions that do not exist."""

    def inner(part: Expression) -> Evaluate:
        return compile_expression(part, scope)

    match expression:
        case Literal(value):
            return lambda _row: value
        case Parameter(name):
            return lambda row: row[0].parameters[name]
        case Name() | Member():
            return _path(expression, scope)
        case Index(of, at):
            return _indexed(inner(of), inner(at))
        case ArrayLiteral(items):
            return _array(tuple(map(inner, items)))
        case ObjectLiteral(fields):
            return make_object(tuple((key, inner(value)) for key, value in fields))
        case Unary(operator, operand):
            return _prefixed(PREFIXES[operator], inner(operand))
        case Binary(first, rest):
            return _chained(inner(first), tuple((operator, inner(operand)) for operator, operand in rest))
        case Between(value, low, high):
            return logic.between(inner(value), inner(low), inner(high))
        case In(value, items):
            return logic.one_of(inner(value), tuple(map(inner, items)))
        case Like(value, pattern, escape):
            return logic.like(inner(value), inner(pattern), escape)
        case Conditional(condition, then, otherwise):
            return logic.choice(inner(condition), inner(then), inner(otherwise))
        case Call() if aggregates.is_aggregate(expression):
            return _aggregated(expression, scope)
        case Call(name, arguments):
            return call(name, tuple(map(inner, arguments)), span=expression.span)
        case Subquery():
            return _subquery(expression, scope)


def _path(expression: Name | Member, scope: Scope) -> Evaluate:
    keys: list[str] = []
    part: Expression = expression
    while isinstance(part, Member):
        keys.append(part.key)
        part = part.of
    if not isinstance(part, Name):
        return _members(compile_expression(part, scope), tuple(reversed(keys)))
    place = scope.place(part)
    if len(keys) == 1:
        return _property(place, keys[0])
    return _members(lambda row: row[place], tuple(reversed(keys)))


def _property(place: int, key: str) -> Evaluate:
    def read(row: Row) -> object:
        holder = row[place]
        return holder.get(key, UNDEFINED) if isinstance(holder, dict) else UNDEFINED

    return read


def _members(of: Evaluate, keys: tuple[str, ...]) -> Evaluate:
    if not keys:
        return of

    def read(row: Row) -> object:
        value = of(row)
        for key in keys:
            if not isinstance(value, dict):
                return UNDEFINED
            value = value.get(key, UNDEFINED)
        return value

    return read


def member(holder: object, key: object) -> object:
    """`holder[key]`: a property of an object by its name, an element of an array by its place from 0."""
    match holder, key:
        case dict(), str():
            return holder.get(key, UNDEFINED)
        case list(), _ if is_number(key) and key == int(key) and 0 <= key < len(holder):
            return holder[int(key)]
        case _:
            return UNDEFINED


def _indexed(of: Evaluate, at: Evaluate) -> Evaluate:
    return lambda row: member(of(row), at(row))


def _array(items: tuple[Evaluate, ...]) -> Evaluate:
    return lambda row: [value for item in items if (value := item(row)) is not UNDEFINED]


def make_object(fields: tuple[tuple[str, Evaluate], ...]) -> Evaluate:
    """An object without the properties that are undefined."""
    return lambda row: {key: value for key, item in fields if (value := item(row)) is not UNDEFINED}


def _prefixed(operation: Callable[[object], object], operand: Evaluate) -> Evaluate:
    return lambda row: operation(operand(row))


def _chained(first: Evaluate, rest: tuple[tuple[str, Evaluate], ...]) -> Evaluate:
    operands = tuple(operand for _, operand in rest)
    match rest[0][0]:
        case "AND":
            return logic.every((first, *operands))
        case "OR":
            return logic.some((first, *operands))
        case "??":
            return logic.first_defined((first, *operands))
        case operator if len(rest) == 1:
            return _operated(OPERATIONS[operator], first, operands[0])
        case _:
            return _folded(first, tuple((OPERATIONS[operator], operand) for operator, operand in rest))


def _operated(operation: Callable[[object, object], object], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda row: operation(left(row), right(row))


def _folded(first: Evaluate, rest: tuple[tuple[Callable[[object, object], object], Evaluate], ...]) -> Evaluate:
    def fold(row: Row) -> object:
        value = first(row)
        for operation, operand in rest:
            value = operation(value, operand(row))
        return value

    return fold


def _aggregated(expression: Call, scope: Scope) -> Evaluate:
    place = scope.aggregates.get(write(expression))
    if place is None:
        raise QueryError(
            f"The aggregate function '{expression.name}' is only allowed in the SELECT clause.",
            location=expression.span,
        )
    return lambda row: row[place]


def _subquery(expression: Subquery, scope: Scope) -> Evaluate:
    rows = scope.compile_select(expression.select, scope.inside())
    match expression.kind:
        case SubqueryKind.EXISTS:
            return lambda row: next(rows(row), UNDEFINED) is not UNDEFINED
        case SubqueryKind.ARRAY:
            return lambda row: list(rows(row))
        case SubqueryKind.SCALAR:
            return lambda row: _only(list(rows(row)))


def _only(values: list[object]) -> object:
    if len(values) > 1:
        raise QueryError("The cardinality of a scalar subquery result set cannot be greater than one.")
    return values[0] if values else UNDEFINED
