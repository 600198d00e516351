"""LIKE patterns and the regular expressions of RegexMatch, as Python reads them."""

import re
from functools import lru_cache

from local.cosmos.query.errors import QueryError


@lru_cache(maxsize=512)
def like_pattern(pattern: str, escape: str | None) -> re.Pattern[str]:
    """`%` any text, `_` one character, `[a-f]` and `[^a-f]` one of a set (documentation page "Keywords", LIKE)."""
    regex: list[str] = []
    at = 0
    while at < len(pattern):
        part, at = _next_part(pattern, at, escape)
        regex.append(part)
    return re.compile("".join(regex), re.DOTALL)


def _next_part(pattern: str, at: int, escape: str | None) -> tuple[str, int]:
    character = pattern[at]
    if character == escape and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), at + 2
    match character:
        case "%":
            return ".*", at + 1
        case "_":
            return ".", at + 1
        case "[" if (end := pattern.find("]", at + 2)) > 0:
            return _one_of(pattern[at + 1 : end]), end + 1
        case _:
            return re.escape(character), at + 1


def _one_of(members: str) -> str:
    inverted = members.startswith("^") and len(members) > 1
    inner = members.removeprefix("^") if inverted else members
    try:
        expression = f"[{'^' if inverted else ''}{_set(inner)}]"
        re.compile(expression)
    except re.error:
        return r"(?!)"  # [z-a] holds no character
    return expression


def _set(members: str) -> str:
    return re.sub(r"[\\\]\[^&~|]", lambda special: "\\" + special[0], members)


@lru_cache(maxsize=512)
def regular_expression(pattern: str, modifiers: str) -> re.Pattern[str]:
    """A pattern with the modifiers m, s, i and x (documentation page "REGEXMATCH"). Refuses what Python cannot read."""
    flags = re.NOFLAG
    for modifier in modifiers:
        flags |= _MODIFIERS[modifier]
    try:
        return re.compile(pattern, flags)
    except (re.error, RecursionError, OverflowError) as wrong:
        raise QueryError(f"The regular expression '{pattern}' is not valid: {wrong}.") from wrong


_MODIFIERS = {"m": re.MULTILINE, "s": re.DOTALL, "i": re.IGNORECASE, "x": re.VERBOSE}
MODIFIERS = frozenset(_MODIFIERS)
