"""Which orders of a list are asked for: by status, by the days on which they were placed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from api.problems import Unacceptable
from orders.events import Status

STATUSES: Final[tuple[Status, ...]] = get_args(Status.__value__)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filters:
    """`start` and `end` are the first and last moment, both included, as texts that sort like stored times."""

    status: Status | None = None
    start: str = ""
    end: str | None = None

    @property
    def only(self) -> dict[str, str]:
        return {"status": self.status} if self.status else {}


EVERYTHING: Final = Filters()


def read(params: Mapping[str, str]) -> Filters:
    """A date is a whole UTC day.

    Raises Unacceptable 400: `invalid_status`, `invalid_date`, and `invalid_dates` for an end before the start.
    """
    first, last = _day(params, "startDate"), _day(params, "endDate")
    if first and last and last < first:
        raise Unacceptable.parameter("endDate", "invalid_dates", "endDate is before startDate")
    return Filters(
        status=_status(params),
        start=f"{first}T00:00:00.000000Z" if first else "",
        end=f"{last}T23:59:59.999999Z" if last else None,
    )


def _status(params: Mapping[str, str]) -> Status | None:
    text = params.get("status")
    if text is None:
        return None
    for status in STATUSES:
        if text == status:
            return status
    raise Unacceptable.parameter("status", "invalid_status", f"status is one of {', '.join(STATUSES)}")


def _day(params: Mapping[str, str], name: str) -> date | None:
    text = params.get(name)
    if text is None:
        return None
    if found := day(text):
        return found
    raise Unacceptable.parameter(name, "invalid_date", f"{name} is a day like 2026-01-31")


def day(text: str) -> date | None:
    """None for every other spelling than this one of RFC 3339, and for a day that no year has."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
