"""Tests and searches in strings."""

from collections.abc import Callable

from local.cosmos.query.functions.function import Function
from local.cosmos.query.patterns import MODIFIERS, regular_expression
from local.cosmos.query.values import UNDEFINED, is_number


def _test(name: str, holds: Callable[[str, str], bool]) -> Function:
    def apply(text: object, part: object, ignore_case: object = False) -> object:  # noqa: FBT002 - an argument of the query
        if not (isinstance(text, str) and isinstance(part, str) and isinstance(ignore_case, bool)):
            return UNDEFINED
        return holds(text.casefold(), part.casefold()) if ignore_case else holds(text, part)

    return Function(name, 2, 3, apply)


def _find(name: str, least: int, search: Callable[[str, str, int], int]) -> Function:
    def apply(text: object, part: object, start: object = 0) -> object:
        if not (isinstance(text, str) and isinstance(part, str) and is_number(start) and start == int(start)):
            return UNDEFINED
        return search(text, part, int(start)) if start >= 0 else UNDEFINED

    return Function(name, least, 3, apply)


def regex_match(text: object, pattern: object, modifiers: object = "") -> object:
    """True if the pattern is found anywhere; undefined for a modifier other than m, s, i and x."""
    if not (isinstance(text, str) and isinstance(pattern, str) and isinstance(modifiers, str)):
        return UNDEFINED
    if not MODIFIERS.issuperset(modifiers):
        return UNDEFINED
    return regular_expression(pattern, modifiers).search(text) is not None


FUNCTIONS = (
    _test("CONTAINS", lambda text, part: part in text),
    _test("STARTSWITH", str.startswith),
    _test("ENDSWITH", str.endswith),
    _test("STRINGEQUALS", str.__eq__),
    _find("INDEX_OF", 2, str.find),
    Function("REGEXMATCH", 2, 3, regex_match),
)
