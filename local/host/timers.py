"""Schedules of timer triggers: NCRONTAB with six (or five) fields in UTC, or a time span."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from local.host.errors import BadSettings
from local.host.host_json import time_span

# Not from calendar, whose names follow the locale.
_MONTHS = ["january", "february", "march", "april", "may", "june", "july"]
_MONTHS += ["august", "september", "october", "november", "december"]
_WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
# A 29 February on a given weekday comes back within 40 years, also across 2100.
_HORIZON = timedelta(days=366 * 41)
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_FIELD = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cron:
    """Every moment whose parts are all allowed; day of month and day of week must both fit (as in NCrontab)."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def after(self, moment: datetime) -> datetime | None:
        """The first occurrence after `moment`, or None when there is none in the next forty years."""
        for day in self._days(moment):
            hours = (time(hour, tzinfo=UTC) for hour in sorted(self.hours))
            for begins in (datetime.combine(day, hour) for hour in hours):
                if begins + _HOUR > moment and (occurrence := self._within(begins, moment)):
                    return occurrence
        return None

    def _within(self, hour: datetime, moment: datetime) -> datetime | None:
        minutes = (hour.replace(minute=minute) for minute in sorted(self.minutes))
        left = (minute for minute in minutes if minute + _MINUTE > moment)
        occurrences = (minute.replace(second=second) for minute in left for second in sorted(self.seconds))
        return next((occurrence for occurrence in occurrences if occurrence > moment), None)

    def _days(self, moment: datetime) -> Iterator[datetime]:
        for distance in range(_HORIZON.days):
            day = moment.astimezone(UTC) + timedelta(days=distance)
            if day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays:
                yield day


@dataclass(frozen=True, slots=True)
class Every:
    """A constant interval, counted from the start of the host."""

    interval: timedelta

    def after(self, moment: datetime) -> datetime | None:
        return moment + self.interval


type Schedule = Cron | Every


def schedule(expression: str) -> Schedule:
    """The schedule of a timer trigger; raises BadSettings when it is neither NCRONTAB nor a time span."""
    fields = expression.split()
    if len(fields) == 1:
        return Every(time_span(expression))
    if len(fields) == 5:  # noqa: PLR2004 - NCRONTAB without its seconds
        fields = ["0", *fields]
    if len(fields) != 6:  # noqa: PLR2004 - second minute hour day month weekday
        raise BadSettings(f"the schedule '{expression}' must have six fields: second minute hour day month weekday")
    second, minute, hour, day, month, weekday = fields
    return Cron(
        seconds=_values(second, 0, 59),
        minutes=_values(minute, 0, 59),
        hours=_values(hour, 0, 23),
        days=_values(day, 1, 31),
        months=_values(month, 1, 12, names=_MONTHS),
        weekdays=_values(weekday, 0, 6, names=_WEEKDAYS),
    )


def _values(field: str, lowest: int, highest: int, *, names: list[str] | None = None) -> frozenset[int]:
    parts = (_part(part, lowest, highest, names=names or []) for part in field.split(","))
    return frozenset(value for part in parts for value in part)


def _part(part: str, lowest: int, highest: int, *, names: list[str]) -> range:
    match = _FIELD.fullmatch(part)
    if match is None or (match["first"] == "*" and match["last"]):
        raise BadSettings(f"'{part}' is not a part of an NCRONTAB schedule")
    step = int(match["step"] or 1)
    first = lowest if match["first"] == "*" else _number(match["first"], lowest, names)
    # `5/15` means from 5 to the end, `5` alone means 5.
    is_open = match["first"] == "*" or (match["step"] is not None and not match["last"])
    last = highest if is_open else _number(match["last"] or match["first"], lowest, names)
    if not lowest <= first <= last <= highest or step < 1:
        raise BadSettings(f"'{part}' is outside {lowest}-{highest} in an NCRONTAB schedule")
    return range(first, last + 1, step)


def _number(text: str, lowest: int, names: list[str]) -> int:
    if text.isdigit():
        return int(text)
    # NCrontab takes any beginning of an English name: `j` alone is January.
    matches = [index for index, name in enumerate(names) if name.startswith(text.lower())]
    if not matches:
        raise BadSettings(f"'{text}' is not a part of an NCRONTAB schedule")
    return lowest + matches[0]
