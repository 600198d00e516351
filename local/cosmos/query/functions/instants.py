"""Moments in UTC as ticks of 100 nanoseconds from 1970, and as the text the Azure side writes for them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

TICKS_PER_SECOND: Final = 10_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?Z?)?", re.ASCII)


def from_parts(year: int, month: int, day: int, *, time: tuple[int, int, int] = (0, 0, 0), fraction: int = 0) -> int:
    """Raises ValueError for what is no date or time, years before 1 and after 9999 included."""
    moment = datetime(year, month, day, *time, tzinfo=UTC)
    return from_datetime(moment) + fraction


def from_datetime(moment: datetime) -> int:
    """Ticks of an aware datetime."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 10


def to_datetime(ticks: int) -> datetime:
    """Cut to microseconds; raises OverflowError beyond the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=ticks // 10)


def read(text: str) -> int | None:
    """Ticks of `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ss[.fffffff][Z]`; none for any other text."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = int((found[7] or "").ljust(7, "0"))
    try:
        return from_parts(year, month, day, time=(hour, minute, second), fraction=fraction)
    except ValueError:
        return None


def write(ticks: int) -> str:
    """`YYYY-MM-DDThh:mm:ss.fffffffZ`; raises OverflowError beyond the years 1 to 9999."""
    return f"{to_datetime(ticks):%4Y-%m-%dT%H:%M:%S}.{ticks % TICKS_PER_SECOND:07d}Z"
