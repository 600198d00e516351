"""Functions of dates and times (documentation pages DateTimeAdd … TimestampToDateTime)."""

import calendar
from collections.abc import Callable
from datetime import datetime
from typing import Final

from local.cosmos.query.functions import instants
from local.cosmos.query.functions.function import Function, of_time
from local.cosmos.query.functions.types import is_integer
from local.cosmos.query.values import UNDEFINED, Undefined, is_number

_SECOND: Final = instants.TICKS_PER_SECOND
_TICKS_PER_MILLISECOND: Final = 10_000
_FIRST_BIN: Final = instants.from_parts(1601, 1, 1)

# A nanosecond is a hundredth of a tick, so lengths are counted in nanoseconds.
_NANOSECONDS: Final = {"day": 86_400 * 10**9, "hour": 3_600 * 10**9, "minute": 60 * 10**9, "second": 10**9} | {
    "millisecond": 10**6,
    "microsecond": 10**3,
    "nanosecond": 1,
}
_PARTS: Final = {
    spelling: part
    for part, spellings in {
        "year": ("year", "yyyy", "yy"),
        "month": ("month", "mm", "m"),
        "day": ("day", "dd", "d"),
        "hour": ("hour", "hh"),
        "minute": ("minute", "mi", "n"),
        "second": ("second", "ss", "s"),
        "millisecond": ("millisecond", "ms"),
        "microsecond": ("microsecond", "mcs"),
        "nanosecond": ("nanosecond", "ns"),
    }.items()
    for spelling in spellings
}


def _part(name: object) -> str | None:
    return _PARTS.get(name.lower()) if isinstance(name, str) else None


def _ticks(text: object) -> int | None:
    return instants.read(text) if isinstance(text, str) else None


def _written(ticks: int) -> str | Undefined:
    try:
        return instants.write(ticks)
    except OverflowError:
        return UNDEFINED


def add(part_name: object, amount: object, text: object) -> object:
    """Months and years keep the day where the month has it, else its last."""
    part, ticks = _part(part_name), _ticks(text)
    if part is None or ticks is None or not (is_number(amount) and is_integer(amount)):
        return UNDEFINED
    if part in _NANOSECONDS:
        return _written(ticks + int(amount) * _NANOSECONDS[part] // 100)
    return _add_months(ticks, int(amount) * (12 if part == "year" else 1))


def _add_months(ticks: int, months: int) -> str | Undefined:
    moment = instants.to_datetime(ticks)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:  # noqa: PLR2004 - the last year of a four-digit date
        return UNDEFINED
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    time = (moment.hour, moment.minute, moment.second)
    return _written(instants.from_parts(year, month + 1, day, time=time, fraction=ticks % _SECOND))


def difference(part_name: object, start: object, end: object) -> object:
    """How many boundaries of the part lie between, not how long it takes: from 23:59 to 00:01 is one day."""
    part, first, last = _part(part_name), _ticks(start), _ticks(end)
    if part is None or first is None or last is None:
        return UNDEFINED
    return _boundary(part, last) - _boundary(part, first)


def _boundary(part: str, ticks: int) -> int:
    if part in _NANOSECONDS:
        return ticks * 100 // _NANOSECONDS[part]
    moment = instants.to_datetime(ticks)
    return moment.year if part == "year" else moment.year * 12 + moment.month


def part_of(part_name: object, text: object) -> object:
    """Parts of a second count the whole fraction: 130161700 nanoseconds, 130161 microseconds."""
    part, ticks = _part(part_name), _ticks(text)
    if part is None or ticks is None:
        return UNDEFINED
    if part in {"millisecond", "microsecond", "nanosecond"}:
        return ticks % _SECOND * 100 // _NANOSECONDS[part]
    value: int = getattr(instants.to_datetime(ticks), part)
    return value


def binned(text: object, part_name: object, size: object = 1, start: object = "1970-01-01") -> object:
    """The start of the bin of `size` parts that holds the moment, counted from `start`, which is 1601 or later."""
    part, ticks, first = _part(part_name), _ticks(text), _ticks(start)
    if part not in _NANOSECONDS or ticks is None or first is None or first < _FIRST_BIN:
        return UNDEFINED
    if not (is_number(size) and is_integer(size) and size > 0):
        return UNDEFINED
    length = _NANOSECONDS[part] * int(size)
    return _written(first + (ticks - first) * 100 // length * length // 100)


def assembled(*parts: object) -> object:
    """Year, month, day and as many of hour, minute, second and ticks as are given; undefined if that is no date."""
    numbers = [int(part) for part in parts if is_number(part) and is_integer(part)]
    if len(numbers) < len(parts):
        return UNDEFINED
    year, month, day, hour, minute, second, fraction = numbers + [0] * (7 - len(numbers))
    if not 0 <= fraction < _SECOND:
        return UNDEFINED
    try:
        return _written(instants.from_parts(year, month, day, time=(hour, minute, second), fraction=fraction))
    except (ValueError, OverflowError):
        return UNDEFINED


def _from_text(name: str, ticks_per_unit: int) -> Function:
    def apply(text: object) -> object:
        ticks = _ticks(text)
        return UNDEFINED if ticks is None else ticks // ticks_per_unit

    return Function(name, 1, 1, apply)


def _to_text(name: str, ticks_per_unit: int) -> Function:
    def apply(count: object) -> object:
        return _written(int(count) * ticks_per_unit) if is_number(count) and is_integer(count) else UNDEFINED

    return Function(name, 1, 1, apply)


def _current(kind: str, compute: Callable[[int], object]) -> tuple[Function, Function]:
    """With and without `Static` the same here: every row of one execution sees one time."""

    def now(moment: datetime) -> object:
        return compute(instants.from_datetime(moment))

    return of_time(f"GETCURRENT{kind}", now), of_time(f"GETCURRENT{kind}STATIC", now)


FUNCTIONS = (
    Function("DATETIMEADD", 3, 3, add),
    Function("DATETIMEBIN", 2, 4, binned),
    Function("DATETIMEDIFF", 3, 3, difference),
    Function("DATETIMEFROMPARTS", 3, 7, assembled),
    Function("DATETIMEPART", 2, 2, part_of),
    _from_text("DATETIMETOTICKS", 1),
    _from_text("DATETIMETOTIMESTAMP", _TICKS_PER_MILLISECOND),
    _to_text("TICKSTODATETIME", 1),
    _to_text("TIMESTAMPTODATETIME", _TICKS_PER_MILLISECOND),
    *_current("DATETIME", instants.write),
    *_current("TICKS", lambda ticks: ticks),
    *_current("TIMESTAMP", lambda ticks: ticks // _TICKS_PER_MILLISECOND),
)
