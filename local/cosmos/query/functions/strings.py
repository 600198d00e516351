"""Tests and searches in strings; undefined for anything else."""

from collections.abc import Callable

from local.cosmos.query.functions.function import Function
from local.cosmos.query.functions.types import whole
from local.cosmos.query.patterns import MODIFIERS, regular_expression
from local.cosmos.query.values import UNDEFINED, is_number


def _test(name: str, holds: Callable[[str, str], bool]) -> Function:
    """The optional third argument is true to ignore case."""

    def apply(text: object, part: object, ignore_case: object = False) -> object:  # noqa: FBT002 - a query's argument
        if not (isinstance(text, str) and isinstance(part, str) and isinstance(ignore_case, bool)):
            return UNDEFINED
        return holds(text.lower(), part.lower()) if ignore_case else holds(text, part)

    return Function(name, 2, 3, apply)


def index_of(text: object, part: object, start: object = 0) -> object:
    """The first place of `part`, counted from 0 and not before `start`; -1 for nowhere."""
    if not (isinstance(text, str) and isinstance(part, str) and is_number(start) and whole(start) and start >= 0):
        return UNDEFINED
    return text.find(part, int(start))


def regex_match(text: object, pattern: object, modifiers: object = "") -> object:
    """True if the pattern is found anywhere; undefined for a modifier other than m, s, i and x.

    The Azure side reads PCRE2, this Python's `re`: nearly the same language, and what Python cannot read is refused.
    """
    match text, pattern, modifiers:
        case str(), str(), str() if MODIFIERS.issuperset(modifiers):
            return regular_expression(pattern, modifiers).search(text) is not None
        case _:
            return UNDEFINED


FUNCTIONS = (
    _test("CONTAINS", lambda text, part: part in text),
    _test("ENDSWITH", str.endswith),
    Function("INDEX_OF", 2, 3, index_of),
    Function("REGEXMATCH", 2, 3, regex_match),
    _test("STARTSWITH", str.startswith),
    _test("STRINGEQUALS", lambda text, other: text == other),
)
