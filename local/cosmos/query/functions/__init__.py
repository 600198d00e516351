"""The built-in functions by name, and how a call of one becomes a closure."""

from local.cosmos.query.errors import QueryError
from local.cosmos.query.functions import (
    arrays,
    conditions,
    conversions,
    dates,
    geography,
    integers,
    mathematics,
    strings,
    texts,
    types,
)
from local.cosmos.query.functions.function import Function
from local.cosmos.query.scope import Evaluate, Row
from local.cosmos.query.values import UNDEFINED

FUNCTIONS = {
    function.name: function
    for module in (arrays, conditions, conversions, dates, geography, integers, mathematics, strings, texts, types)
    for function in module.FUNCTIONS
}

# What the Azure side has besides. DOCUMENTID and RAND would need more than the document; the rest is another field.
UNSUPPORTED = frozenset(
    {"DOCUMENTID", "RAND", "RRF", "FULLTEXTSCORE", "VECTORDISTANCE", "MAKELIST", "MAKESET"}
) | frozenset(
    {"FULLTEXTCONTAINS", "FULLTEXTCONTAINSALL", "FULLTEXTCONTAINSANY"}
    | {"ST_AREA", "ST_INTERSECTS", "ST_ISVALID", "ST_ISVALIDDETAILED", "ST_WITHIN"}
)


def call(name: str, arguments: tuple[Evaluate, ...], *, span: tuple[int, int]) -> Evaluate:
    """Raises QueryError for a name that is no function, and for a wrong number of arguments."""
    function = FUNCTIONS.get(name)
    if name in UNSUPPORTED:
        raise QueryError(f"The built-in function '{name}' is not supported here.", code="SC2005", location=span)
    if function is None:
        raise QueryError(f"'{name}' is not a recognized built-in function name.", code="SC2005", location=span)
    if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
        message = f"The {name} function requires {function.arity()} argument(s)."
        raise QueryError(message, code="SC2050", location=span)
    if function.needs_now:
        return lambda row: function.apply(row[0].now)
    return _plain(function, arguments) if function.sees_undefined else _defined(function, arguments)


def _plain(function: Function, arguments: tuple[Evaluate, ...]) -> Evaluate:
    apply = function.apply
    return lambda row: apply(*(argument(row) for argument in arguments))


def _defined(function: Function, arguments: tuple[Evaluate, ...]) -> Evaluate:
    apply = function.apply

    def evaluate(row: Row) -> object:
        values = []
        for argument in arguments:
            value = argument(row)
            if value is UNDEFINED:
                return UNDEFINED
            values.append(value)
        return apply(*values)

    return evaluate
