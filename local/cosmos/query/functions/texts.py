"""Strings made from strings; undefined for anything else."""

from collections.abc import Callable

from local.cosmos.query.functions.function import Function, of_string
from local.cosmos.query.functions.types import whole
from local.cosmos.query.values import UNDEFINED, is_number

# REPLICATE makes no longer strings (page "REPLICATE").
_LONGEST = 10_000


def concat(*parts: object) -> object:
    """Undefined unless all are strings."""
    if not all(isinstance(part, str) for part in parts):
        return UNDEFINED
    return "".join(part for part in parts if isinstance(part, str))


def substring(text: object, start: object, length: object) -> object:
    """From a place counted from 0; empty when the place is outside or the length not positive."""
    if not (isinstance(text, str) and is_number(start) and is_number(length) and whole(start) and whole(length)):
        return UNDEFINED
    return text[int(start) : int(start) + int(length)] if start >= 0 and length > 0 else ""


def left(text: object, length: object) -> object:
    return substring(text, 0, length)


def right(text: object, length: object) -> object:
    if not (isinstance(text, str) and is_number(length) and whole(length)):
        return UNDEFINED
    return text[max(0, len(text) - int(length)) :] if length > 0 else ""


def replace(text: object, old: object, new: object) -> object:
    """Undefined for an empty text to look for."""
    match text, old, new:
        case str(), str(), str() if old:
            return text.replace(old, new)
        case _:
            return UNDEFINED


def replicate(text: object, times: object) -> object:
    """Undefined beyond 10 000 characters."""
    if not (isinstance(text, str) and is_number(times) and whole(times) and 0 <= len(text) * times <= _LONGEST):
        return UNDEFINED
    # The empty text may be asked for more often than Python counts.
    return text * min(int(times), _LONGEST) if times >= 0 else UNDEFINED


def split(text: object, separator: object) -> object:
    """The parts between the separators; undefined for an empty one."""
    match text, separator:
        case str(), str() if separator:
            return text.split(separator)
        case _:
            return UNDEFINED


def join(parts: object, separator: object) -> object:
    """Undefined unless all parts are strings."""
    if not (isinstance(parts, list) and isinstance(separator, str) and all(isinstance(part, str) for part in parts)):
        return UNDEFINED
    return separator.join(parts)


def _trim(name: str, strip: Callable[[str, str | None], str]) -> Function:
    """The second argument is a set of characters; white space without it."""

    def apply(text: object, characters: object = None) -> object:
        match text, characters:
            case str(), str() | None:
                return strip(text, characters)
            case _:
                return UNDEFINED

    return Function(name, 1, 2, apply)


FUNCTIONS = (
    Function("CONCAT", 2, None, concat),
    Function("LEFT", 2, 2, left),
    of_string("LENGTH", len),
    of_string("LOWER", str.lower),
    _trim("LTRIM", str.lstrip),
    Function("REPLACE", 3, 3, replace),
    Function("REPLICATE", 2, 2, replicate),
    of_string("REVERSE", lambda text: text[::-1]),
    Function("RIGHT", 2, 2, right),
    _trim("RTRIM", str.rstrip),
    Function("STRINGJOIN", 2, 2, join),
    Function("STRINGSPLIT", 2, 2, split),
    Function("SUBSTRING", 3, 3, substring),
    _trim("TRIM", str.strip),
    of_string("UPPER", str.upper),
)
