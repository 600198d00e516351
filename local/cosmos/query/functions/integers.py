"""IntAdd and its kin: 64-bit integers in and out; undefined for fractions, and where the result has more bits."""

import operator
from collections.abc import Callable

from local.cosmos.query.functions.function import Function
from local.cosmos.query.functions.types import is_integer
from local.cosmos.query.values import UNDEFINED, is_number

_BITS = 64


def of_integers(name: str, compute: Callable[[int, int], int]) -> Function:
    def apply(left: object, right: object) -> object:
        if not (is_number(left) and is_number(right) and is_integer(left) and is_integer(right)):
            return UNDEFINED
        try:
            result = compute(int(left), int(right))
        except ZeroDivisionError:
            return UNDEFINED
        return result if is_integer(result) else UNDEFINED

    return Function(name, 2, 2, apply)


def quotient(left: int, right: int) -> int:
    """Towards zero, unlike Python's //."""
    whole = abs(left) // abs(right)
    return whole if (left < 0) == (right < 0) else -whole


def remainder(left: int, right: int) -> int:
    """With the sign of the dividend, unlike Python's %."""
    return left - right * quotient(left, right)


def shift_left(value: int, by: int) -> int:
    """The low 64 bits, signed."""
    half: int = 2 ** (_BITS - 1)
    return ((value << by % _BITS) + half) % (2 * half) - half


FUNCTIONS = (
    of_integers("INTADD", operator.add),
    of_integers("INTSUB", operator.sub),
    of_integers("INTMUL", operator.mul),
    of_integers("INTDIV", quotient),
    of_integers("INTMOD", remainder),
    of_integers("INTBITAND", operator.and_),
    of_integers("INTBITOR", operator.or_),
    of_integers("INTBITXOR", operator.xor),
    of_integers("INTBITLEFTSHIFT", shift_left),
    of_integers("INTBITRIGHTSHIFT", lambda value, by: value >> by % _BITS),
    Function("INTBITNOT", 1, 1, lambda value: ~int(value) if is_number(value) and is_integer(value) else UNDEFINED),
)
