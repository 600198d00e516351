"""Functions of numbers; undefined for anything else, and where the result is not a finite number."""

import math

from local.cosmos.query.functions.function import Function, finite, of_number, of_numbers


def half_away_from_zero(value: float) -> float:
    """2.5 to 3 and -2.5 to -3, unlike Python's round to even."""
    whole = math.floor(abs(value))
    return math.copysign(whole + (abs(value) - whole >= 1 / 2), value)


def logarithm(value: object, base: object = math.e) -> object:
    """Natural unless a base is given."""

    def compute(of: float, to: float) -> float:
        if to == math.e:
            return math.log(of)
        return math.log10(of) if to == 10 else math.log(of, to)  # noqa: PLR2004 - log10 is exact for powers of ten

    return finite(compute, value, base)


def number_bin(value: object, size: object = 1) -> object:
    """The multiple of `size` at or below the value; undefined for a size of 0 (documentation page "NumberBin")."""
    return finite(lambda of, by: math.floor(of / by) * by, value, size)


FUNCTIONS = (
    of_number("ABS", abs),
    of_number("ACOS", math.acos),
    of_number("ASIN", math.asin),
    of_number("ATAN", math.atan),
    of_numbers("ATN2", math.atan2),
    of_number("CEILING", math.ceil),
    of_number("COS", math.cos),
    of_number("COT", lambda value: 1 / math.tan(value)),
    of_number("DEGREES", math.degrees),
    of_number("EXP", math.exp),
    of_number("FLOOR", math.floor),
    Function("LOG", 1, 2, logarithm),
    of_number("LOG10", math.log10),
    Function("NUMBERBIN", 1, 2, number_bin),
    Function("PI", 0, 0, lambda: math.pi),
    of_numbers("POWER", math.pow),
    of_number("RADIANS", math.radians),
    of_number("ROUND", half_away_from_zero),
    of_number("SIGN", lambda value: (value > 0) - (value < 0)),
    of_number("SIN", math.sin),
    of_number("SQRT", math.sqrt),
    of_number("SQUARE", lambda value: value * value),
    of_number("TAN", math.tan),
    of_number("TRUNC", math.trunc),
)
