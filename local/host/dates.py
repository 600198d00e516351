"""Date-looking strings as the .NET host rewrites them on their way from Cosmos DB to the app.

The host parses each document with Newtonsoft, which turns a string that looks like an ISO date-time into a date, and
writes it back in its own form: `…:00.120Z` becomes `…:00.12Z`, and an offset is turned into the host's own time,
which is UTC in Azure. Sources: Newtonsoft.Json DateTimeParser and DateTimeUtils; azure-functions-host#7114.
"""

import re
from datetime import UTC, datetime, timedelta

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None

_ISO = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    r"(?:\.(?P<fraction>\d{1,7}))?"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<zone_hour>\d\d)(?::?(?P<zone_minute>\d\d))?)?",
    re.ASCII,
)
_SHORTEST = 19
_MICROSOFT = re.compile(r"/Date\((?P<ms>-?\d+)(?P<zone>[+-]\d{4})?\)/", re.ASCII)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock arithmetic; the zone is written as text


def rewritten(value: Json) -> Json:
    """`value` with every date-looking string in it rewritten; names of properties stay as they are."""
    match value:
        case str():
            return _text(value)
        case list():
            return [rewritten(item) for item in value]
        case dict():
            return {name: rewritten(item) for name, item in value.items()}
        case _:
            return value


def _text(text: str) -> str:
    if len(text) < _SHORTEST:
        return _microsoft(text) if text.startswith("/Date(") else text
    if text[0] == "/":
        return _microsoft(text)
    return _iso(text) if text[10] == "T" else text


def _iso(text: str) -> str:
    match = _ISO.fullmatch(text)
    if match is None:
        return text
    hour, minute, second = (int(match[part]) for part in ("hour", "minute", "second"))
    fraction = (match["fraction"] or "").rstrip("0")
    ends_the_day = hour == 24 and minute == second == 0 and not fraction  # noqa: PLR2004 - 24:00:00 is allowed
    if not ends_the_day and (hour > 23 or minute > 59 or second > 59):  # noqa: PLR2004 - limits of a clock
        return text
    try:
        moment = datetime.fromisoformat(match["date"]) + timedelta(hours=hour, minutes=minute, seconds=second)
        return _written(moment - _offset(match), fraction, zone=_zone(match))
    except (ValueError, OverflowError):  # no such day, or outside the years 1 to 9999: not a date to .NET either
        return text


def _offset(match: re.Match[str]) -> timedelta:
    if not match["sign"]:
        return timedelta()
    distance = timedelta(hours=int(match["zone_hour"]), minutes=int(match["zone_minute"] or 0))
    return distance if match["sign"] == "+" else -distance


def _zone(match: re.Match[str]) -> str:
    if not match["zone"]:
        return ""
    return "+00:00" if match["sign"] else "Z"


def _microsoft(text: str) -> str:
    match = _MICROSOFT.fullmatch(text)
    if match is None:
        return text
    try:
        moment = _EPOCH + timedelta(milliseconds=int(match["ms"]))
    except OverflowError:
        return text
    fraction = f"{moment.microsecond:06d}".rstrip("0")
    return _written(moment.replace(microsecond=0), fraction, zone="+00:00" if match["zone"] else "Z")


def _written(moment: datetime, fraction: str, *, zone: str) -> str:
    return moment.isoformat() + (f".{fraction}" if fraction else "") + zone


def timestamp(moment: datetime) -> str:
    """`moment` in UTC as Newtonsoft writes a DateTime: no trailing zeros in the fraction, `Z` at the end."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return _written(utc.replace(microsecond=0), f"{utc.microsecond:06d}".rstrip("0"), zone="Z")
