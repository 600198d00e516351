"""What the operators do to two values; undefined for values of the wrong type."""

import math
import operator
from collections.abc import Callable
from typing import Any

from local.cosmos.query.values import UNDEFINED, comparable, is_number, number, same

type Operation = Callable[[object, object], object]

_INT32 = 2**32
_SIGN = 2**31


def to_int32(value: float) -> int:
    """The 32 low bits of the integral part, signed, as in JavaScript (documentation page "Bitwise operators")."""
    if not math.isfinite(value):
        return 0
    return (int(value) + _SIGN) % _INT32 - _SIGN


def _equal(left: object, right: object) -> object:
    return UNDEFINED if left is UNDEFINED or right is UNDEFINED else same(left, right)


def _unequal(left: object, right: object) -> object:
    return UNDEFINED if left is UNDEFINED or right is UNDEFINED else not same(left, right)


def _ordered(compare: Callable[[Any, Any], bool], *, of_nulls: bool) -> Operation:
    def apply(left: object, right: object) -> object:
        if not comparable(left, right):
            return UNDEFINED
        return of_nulls if left is None else compare(left, right)

    return apply


def _arithmetic(compute: Callable[[float, float], float]) -> Operation:
    def apply(left: object, right: object) -> object:
        if not (is_number(left) and is_number(right)):
            return UNDEFINED
        try:
            result = compute(left, right)
        except (ValueError, ArithmeticError):
            return UNDEFINED  # JSON has neither infinity nor NaN
        return number(result) if math.isfinite(result) else UNDEFINED

    return apply


def _bitwise(compute: Callable[[int, int], int]) -> Operation:
    def apply(left: object, right: object) -> object:
        if not (is_number(left) and is_number(right)):
            return UNDEFINED
        return compute(to_int32(left), to_int32(right))

    return apply


def _concatenate(left: object, right: object) -> object:
    return left + right if isinstance(left, str) and isinstance(right, str) else UNDEFINED


def _divide(left: float, right: float) -> float:
    return left / right


def _shift_left(left: int, right: int) -> int:
    return to_int32(left << (right & 31))


OPERATIONS: dict[str, Operation] = {
    "=": _equal,
    "!=": _unequal,
    "<>": _unequal,
    "<": _ordered(operator.lt, of_nulls=False),
    "<=": _ordered(operator.le, of_nulls=True),
    ">": _ordered(operator.gt, of_nulls=False),
    ">=": _ordered(operator.ge, of_nulls=True),
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_divide),
    "%": _arithmetic(math.fmod),
    "&": _bitwise(operator.and_),
    "|": _bitwise(operator.or_),
    "^": _bitwise(operator.xor),
    "<<": _bitwise(_shift_left),
    ">>": _bitwise(lambda left, right: left >> (right & 31)),
    ">>>": _bitwise(lambda left, right: (left % _INT32) >> (right & 31)),
    "||": _concatenate,
}


def negate(value: object) -> object:
    return number(-value) if is_number(value) else UNDEFINED


def keep_sign(value: object) -> object:
    return value if is_number(value) else UNDEFINED


def complement(value: object) -> object:
    return ~to_int32(value) if is_number(value) else UNDEFINED


def invert(value: object) -> object:
    return not value if isinstance(value, bool) else UNDEFINED


PREFIXES: dict[str, Callable[[object], object]] = {"-": negate, "+": keep_sign, "~": complement, "NOT": invert}
