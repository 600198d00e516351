"""Which value a filter asks one property to have, so that a server need not read every document."""

from collections.abc import Mapping

from local.cosmos.query.paths import document_path
from local.cosmos.query.syntax import Binary, Expression, Literal, Parameter, Select
from local.cosmos.query.values import UNDEFINED, UNSET


def equal_to(select: Select, path: tuple[str, ...], parameters: Mapping[str, object]) -> object:
    """The constant of `root.path = constant` among the ANDed terms of WHERE, on either side; else UNSET."""
    for term in _terms(select.where):
        match term:
            case Binary(left, (("=", right),)):
                for side, other in ((left, right), (right, left)):
                    value = _constant(other, parameters)
                    if value is not UNDEFINED and document_path(side, select) == path:
                        return value
            case _:
                pass
    return UNSET


def _terms(where: Expression | None) -> tuple[Expression, ...]:
    match where:
        case None:
            return ()
        case Binary(first, rest) if rest[0][0] == "AND":
            return tuple(term for part in (first, *(operand for _, operand in rest)) for term in _terms(part))
        case _:
            return (where,)


def _constant(expression: Expression, parameters: Mapping[str, object]) -> object:
    match expression:
        case Literal(value):
            return value
        case Parameter(name):
            return parameters.get(name, UNDEFINED)
        case _:
            return UNDEFINED
