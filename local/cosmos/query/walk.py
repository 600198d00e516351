"""Every part of an expression, and how deep it goes."""

from collections.abc import Iterator

from local.cosmos.query.errors import QueryError
from local.cosmos.query.syntax import (
    ArrayLiteral,
    Between,
    Binary,
    Call,
    Conditional,
    Expression,
    From,
    In,
    Index,
    Items,
    Like,
    Literal,
    Member,
    Name,
    ObjectLiteral,
    Page,
    Parameter,
    Path,
    Select,
    Selection,
    Star,
    Subquery,
    Unary,
    ValueOf,
)

# A level of the tree costs at most three frames of the interpreter's stack of 1000.
MAX_DEPTH = 128


def children(expression: Expression) -> tuple[Expression, ...]:  # noqa: C901, PLR0911 - one case a node
    """The expressions directly inside; a subquery counts as closed."""
    match expression:
        case Literal() | Parameter() | Name() | Subquery():
            return ()
        case Member(of):
            return (of,)
        case Index(of, at):
            return (of, at)
        case ArrayLiteral(items):
            return items
        case ObjectLiteral(fields):
            return tuple(value for _, value in fields)
        case Unary(_, operand):
            return (operand,)
        case Binary(first, rest):
            return (first, *(operand for _, operand in rest))
        case Between(value, low, high):
            return (value, low, high)
        case In(value, items):
            return (value, *items)
        case Like(value, pattern):
            return (value, pattern)
        case Conditional(condition, then, otherwise):
            return (condition, then, otherwise)
        case Call(_, arguments):
            return arguments


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and all below it, subqueries closed."""
    pending = [expression]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(reversed(children(part)))


def expressions(select: Select) -> Iterator[Expression]:
    """The expressions a query is directly made of, those of its subqueries in FROM not among them."""
    yield from selected(select.selection)
    if select.where is not None:
        yield select.where
    yield from select.group_by
    yield from (order.expression for order in select.order_by)
    yield from counts(select)


def selected(selection: Selection) -> tuple[Expression, ...]:
    """The expressions of the SELECT list."""
    match selection:
        case Star():
            return ()
        case ValueOf(expression):
            return (expression,)
        case Items(items):
            return tuple(item.expression for item in items)


def counts(select: Select) -> Iterator[Expression]:
    """The numbers of TOP, OFFSET and LIMIT."""
    if select.top is not None:
        yield select.top
    match select.page:
        case Page(offset, limit):
            yield offset
            yield limit
        case None:
            return


def check_depth(select: Select) -> None:
    """Refuses a query nested deeper than 128 levels."""
    for _ in everything(select):
        pass


def everything(select: Select) -> Iterator[Expression]:
    """Every expression anywhere in a query; refuses one nested more than 128 levels deep."""
    pending: list[tuple[Expression | Select, int]] = [(select, 0)]
    while pending:
        part, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise QueryError(f"The query is nested deeper than {MAX_DEPTH} levels.")
        match part:
            case Select():
                pending.extend((inner, depth + 1) for inner in expressions(part))
                pending.extend((source, depth + 1) for source in _subqueries(part.inputs))
            case Subquery(_, inner):
                yield part
                pending.append((inner, depth + 1))
            case _:
                yield part
                pending.extend((inner, depth + 1) for inner in children(part))


def _subqueries(inputs: tuple[From, ...]) -> Iterator[Select]:
    for source in inputs:
        match source.collection:
            case Select() as select:
                yield select
            case Path():
                pass
