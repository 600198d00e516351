"""A timer trigger: one run at a time, at the moments of its schedule.

Its state lives in this process only: a run missed while the host was down is not made up for, and two hosts of one
app both run it, where Azure has a lock for that.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from local.host.bindings import Function, TimerTrigger
from local.host.delivery import deliver, passed
from local.host.invocation import Invoker
from local.host.timer_state import TimerState
from local.host.timers import Schedule

_MONITORED_FROM = timedelta(minutes=1)
_LONGEST_SLEEP = timedelta(days=1)


async def run(
    function: Function, trigger: TimerTrigger, schedule: Schedule, *, invoker: Invoker, stopping: asyncio.Event
) -> None:
    """Run `function` on its schedule until the host stops; a failure never stops the schedule."""
    state = TimerState(is_monitored=trigger.is_monitored and not _is_frequent(schedule))
    state = replace(state, next=schedule.after(datetime.now(UTC)))
    if trigger.runs_on_startup:
        await deliver(function, state.payload(), invoker=invoker, stopping=stopping)
        state = _after(datetime.now(UTC), state, schedule)
    while state.next is not None and not await _is_stopped_before(state.next, stopping):
        # The next one counts from the start of this run: one that takes too long is followed by one at once.
        ran = max(datetime.now(UTC), state.next)
        await deliver(function, state.payload(), invoker=invoker, stopping=stopping)
        state = _after(ran, state, schedule)


def _after(ran: datetime, state: TimerState, schedule: Schedule) -> TimerState:
    return replace(state, last=ran, next=schedule.after(ran))


async def _is_stopped_before(moment: datetime, stopping: asyncio.Event) -> bool:
    while (left := moment - datetime.now(UTC)) > timedelta():
        if await passed(stopping, within=min(left, _LONGEST_SLEEP)):
            return True
    return stopping.is_set()


def _is_frequent(schedule: Schedule) -> bool:
    # The host turns monitoring off for schedules of less than a minute (TimerSchedule.ShouldDisableScheduleMonitor).
    first = schedule.after(datetime.now(UTC))
    second = schedule.after(first) if first else None
    return first is not None and second is not None and second - first < _MONITORED_FROM
