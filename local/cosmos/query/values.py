"""What an expression can be worth: JSON values and UNDEFINED, compared type by type."""

from collections.abc import Iterable
from enum import Enum
from typing import Final, TypeIs


class Undefined(Enum):
    """The type of UNDEFINED: no value at all, which is not null."""

    UNDEFINED = "undefined"

    def __repr__(self) -> str:
        return "UNDEFINED"


class Unset(Enum):
    """The type of UNSET: the query says nothing about it."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNDEFINED: Final = Undefined.UNDEFINED
UNSET: Final = Unset.UNSET

# Beyond these a double no longer tells neighbouring integers apart.
_EXACT: Final = 2**53


def is_number(value: object) -> TypeIs[int | float]:
    """A JSON number: Python counts True as one, JSON does not."""
    kind = type(value)
    return kind is int or kind is float


def number(result: float) -> int | float:
    """A result as the Azure side writes it: 3.0 as 3, and beyond 2**53 a double."""
    if type(result) is int:
        return result if -_EXACT <= result <= _EXACT else float(result)
    if -_EXACT <= result <= _EXACT and result == int(result):
        return int(result)
    return result


def same(left: object, right: object) -> bool:
    """Equal in type and value, at any depth: 1 is 1.0, true is not 1, order of properties does not matter.

    Values of different types are unequal, not undefined: so answers Microsoft's offline engine
    (ScalarExpressionEvaluator in Azure/azure-cosmos-dotnet-v3), and the LINQ suite needs it for `x != null`.
    The documentation page "Equality and comparison operators" says undefined instead.
    """
    kind = type(left)
    if kind is bool or type(right) is bool:
        return left is right
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return (
            isinstance(right, dict) and left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
        )
    return left == right


def comparable(left: object, right: object) -> bool:
    """True for two numbers, two strings, two booleans or two nulls: what < and > work on."""
    if type(left) is type(right):
        return not isinstance(left, (list, dict, Undefined))
    return is_number(left) and is_number(right)


def is_within(value: object, depth: int) -> bool:
    """True if no array or object lies more than `depth` levels deep; finds out without recursion."""
    level: list[object] = [value]
    for _ in range(depth + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def _inside(value: object) -> Iterable[object]:
    match value:
        case list():
            return value
        case dict():
            return value.values()
        case _:
            return ()
