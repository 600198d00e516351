"""Literals of the query text as values."""

import math
import re

from local.cosmos.query.errors import QueryError

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "/": "/", "\\": "\\", "'": "'", '"': '"'}
# 64 bits signed; CPython also refuses to read very long integers, so their length is looked at first.
_LARGEST = 2**63 - 1
_DIGITS = 19


def read_number(text: str) -> int | float:
    """Decimal, scientific or 0x notation; an integer beyond 64 bits becomes a double. Refuses what no double holds."""
    if text[:2] in {"0x", "0X"}:
        return _integer(text, 16) if len(text) <= _DIGITS else _finite(text, float(int(text, 16)))
    return _integer(text, 10) if text.isdigit() and len(text) <= _DIGITS else _finite(text, float(text))


def _integer(text: str, base: int) -> int | float:
    value = int(text, base)
    return value if value <= _LARGEST else float(value)


def read_string(quoted: str) -> str:
    r"""The text between the quotes, with \n, \u0041 and the like resolved (documentation page "Constants")."""
    inner = quoted[1:-1]
    if "\\" not in inner:
        return inner

    def resolve(match: re.Match[str]) -> str:
        escape = match[1]
        if len(escape) > 1:
            return chr(int(escape[1:], 16))
        if escape not in _CONTROL:
            raise _not_a_string(quoted)
        return _CONTROL[escape]

    try:
        # Two escapes may be the halves of one character.
        return _ESCAPE.sub(resolve, inner).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as half:
        raise _not_a_string(quoted) from half


def write_string(text: str) -> str:
    """The double-quoted literal that reads back as `text`."""
    return '"' + re.sub(r'[\x00-\x1f"\\]', lambda match: f"\\u{ord(match[0]):04x}", text) + '"'


def _finite(text: str, number: float) -> float:
    if math.isinf(number):
        raise QueryError(f"Syntax error, invalid numeric value token '{text}'.", code="SC1001")
    return number


def _not_a_string(quoted: str) -> QueryError:
    return QueryError(f"Syntax error, invalid string literal token '{quoted}'.", code="SC1001")
