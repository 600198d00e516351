"""Inline constraints of route parameters: `{id:int}`, `{code:length(3)}`, `{name:alpha}`."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from local.host.errors import BadSettings

type Accepts = Callable[[str], bool]


def constraint(text: str) -> Accepts:
    """What `text`, the part after the colon, accepts; raises BadSettings for a name ASP.NET does not know."""
    name, _, rest = text.partition("(")
    arguments = rest.removesuffix(")")
    make = _KNOWN.get(name.lower())
    if make is None:
        raise BadSettings(f"the route constraint '{text}' is not known")
    try:
        return make(arguments)
    except ValueError as error:
        raise BadSettings(f"the route constraint '{text}' cannot be read: {error}") from error


def _parses(parse: Callable[[str], object]) -> Accepts:
    def accepts(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return accepts


def _integer(bits: int) -> Accepts:
    limit = 2 ** (bits - 1)
    return lambda value: bool(re.fullmatch(r"[+-]?\d+", value, re.ASCII)) and -limit <= int(value) < limit


def _number(value: str) -> int | None:
    return int(value) if re.fullmatch(r"[+-]?\d+", value, re.ASCII) else None


def _between(low: int | None, high: int | None) -> Accepts:
    def accepts(value: str) -> bool:
        number = _number(value)
        return number is not None and (low is None or low <= number) and (high is None or number <= high)

    return accepts


def _length(low: int, high: int | None) -> Accepts:
    return lambda value: low <= len(value) and (high is None or len(value) <= high)


def _two(arguments: str) -> tuple[int, int]:
    low, _, high = arguments.partition(",")
    return int(low), int(high or low)


def _regex(arguments: str) -> Accepts:
    pattern = re.compile(arguments, re.IGNORECASE)
    return lambda value: pattern.search(value) is not None


_KNOWN: dict[str, Callable[[str], Accepts]] = {
    "int": lambda _: _integer(32),
    "long": lambda _: _integer(64),
    "bool": lambda _: lambda value: value.lower() in {"true", "false"},
    "guid": lambda _: _parses(UUID),
    "decimal": lambda _: _parses(float),
    "double": lambda _: _parses(float),
    "float": lambda _: _parses(float),
    "datetime": lambda _: _parses(datetime.fromisoformat),
    "alpha": lambda _: lambda value: re.fullmatch("[A-Za-z]*", value) is not None,
    "required": lambda _: bool,
    "min": lambda low: _between(int(low), None),
    "max": lambda high: _between(None, int(high)),
    "range": lambda ends: _between(*_two(ends)),
    "length": lambda ends: _length(*_two(ends)),
    "minlength": lambda low: _length(int(low), None),
    "maxlength": lambda high: _length(0, int(high)),
    "regex": _regex,
}
