"""Values to strings and strings to values, by way of JSON."""

import json
from typing import NoReturn

from local.cosmos.query.errors import QueryError
from local.cosmos.query.functions.function import Function, of_string
from local.cosmos.query.literals import read_number
from local.cosmos.query.values import UNDEFINED, is_number, is_within
from local.cosmos.query.walk import MAX_DEPTH


def to_string(value: object) -> object:
    """A string as it is, anything else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def read(text: str) -> object:
    """The value of a JSON text; undefined if it is none, NaN and infinity included."""
    try:
        value: object = json.loads(text, parse_int=_signed, parse_float=_signed, parse_constant=_refuse)
    except (ValueError, RecursionError, QueryError):
        return UNDEFINED
    return value if is_within(value, MAX_DEPTH) else UNDEFINED


def _signed(digits: str) -> int | float:
    return -read_number(digits[1:]) if digits.startswith("-") else read_number(digits)


def _read_as(name: str, kind: type) -> Function:
    def convert(text: str) -> object:
        value = read(text)
        return value if type(value) is kind else UNDEFINED

    return of_string(name, convert)


def to_number(text: str) -> object:
    value = read(text)
    return value if is_number(value) else UNDEFINED


FUNCTIONS = (
    Function("TOSTRING", 1, 1, to_string),
    of_string("STRINGTONUMBER", to_number),
    _read_as("STRINGTOARRAY", list),
    _read_as("STRINGTOBOOLEAN", bool),
    _read_as("STRINGTONULL", type(None)),
    _read_as("STRINGTOOBJECT", dict),
)
