"""Type checks: always true or false, also of undefined."""

from collections.abc import Callable

from local.cosmos.query.functions.function import Function
from local.cosmos.query.ordering import is_primitive
from local.cosmos.query.values import UNDEFINED, is_number


def whole(value: float) -> bool:
    """A number without fraction."""
    return value == int(value)


def is_integer(value: object) -> bool:
    """A number without fraction that 64 bits hold."""
    return is_number(value) and whole(value) and -(2**63) <= value < 2**63


def _check(name: str, holds: Callable[[object], bool]) -> Function:
    return Function(name, 1, 1, holds, sees_undefined=True)


FUNCTIONS = (
    _check("IS_ARRAY", lambda value: isinstance(value, list)),
    _check("IS_BOOL", lambda value: isinstance(value, bool)),
    _check("IS_DEFINED", lambda value: value is not UNDEFINED),
    _check("IS_FINITE_NUMBER", is_number),
    _check("IS_INTEGER", is_integer),
    _check("IS_NULL", lambda value: value is None),
    _check("IS_NUMBER", is_number),
    _check("IS_OBJECT", lambda value: isinstance(value, dict)),
    _check("IS_PRIMITIVE", is_primitive),
    _check("IS_STRING", lambda value: isinstance(value, str)),
)
