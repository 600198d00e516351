"""What a timer function is told about its schedule."""

import json
from dataclasses import dataclass
from datetime import datetime

from local.host.dates import timestamp
from local.host.payload import JsonText

_DEFAULT_TIME = "0001-01-01T00:00:00"


@dataclass(frozen=True, slots=True)
class TimerState:
    """`last` None means that it has not run yet; `is_monitored` False sends no status, as for frequent timers."""

    last: datetime | None = None
    next: datetime | None = None
    is_monitored: bool = False

    def payload(self) -> JsonText:
        last = timestamp(self.last) if self.last else _DEFAULT_TIME
        status = {"Last": last, "Next": timestamp(self.next) if self.next else _DEFAULT_TIME, "LastUpdated": last}
        return JsonText(
            json.dumps(
                {
                    "Schedule": {"AdjustForDST": True},
                    "ScheduleStatus": status if self.is_monitored else None,
                    "IsPastDue": False,
                }
            )
        )


NEVER_RAN = TimerState()
