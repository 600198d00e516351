"""What a person may do to a saga: ask again at once, go on without a step, give it up. Pure, and refused where wrong.

None of it is a way around the machine: what follows is what the machine would do if the provider had answered, or the
time were up. docs/fulfilment.md has what each is good for.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from shared.kernel.errors import Refused
from shared.kernel.outbox import Asked
from shared.kernel.saga import CLOSING, SETTLING, Progress, Saga, Step

type Act = Literal["retry", "skip", "compensate"]


class NotPossible(Refused):
    """The machine says that this would come out wrong, or is no longer to be done."""

    code = "not_possible"


def retry(asked: Sequence[Asked], now: datetime) -> tuple[Asked, ...]:
    """What has failed is due at once, however long it was to wait. A second one who asks is told the same."""
    failed = {each.name for each in asked if each.due_at and each.trouble}
    if not failed:
        raise NotPossible("nothing has failed that is still wanted; what was asked for first is under way")
    return tuple(replace(each, due_at=now) if each.name in failed else each for each in asked)


def skip[S](saga: Saga[S, Any], progress: Progress, state: S, *, now: datetime, cause: str) -> Progress:
    """On to the next step as if this one were done; whatever its provider still says is settled as ever."""
    step = _step(saga, progress, state)
    if not step.may_be_skipped:
        raise NotPossible(f"{step.name} cannot be skipped: what comes after it would be refused")
    following = saga.steps[saga.steps.index(step) + 1 :]
    return progress.to(following[0].name if following else SETTLING, now, cause)


def compensate[S](saga: Saga[S, Any], progress: Progress, state: S, *, now: datetime, cause: str) -> Progress:
    """The time of this step is up: its stream is asked to end, or what cannot be undone to be closed first."""
    step = _step(saga, progress, state)
    if step.close is None:
        return progress.to(CLOSING, now, cause)
    if progress.is_late:
        raise NotPossible(f"{step.name} is being closed already")
    return replace(progress, is_late=True)


def _step[S](saga: Saga[S, Any], progress: Progress, state: S) -> Step[S]:
    """Where it stands, while there is anything to decide."""
    if saga.has_ended(progress, state):
        raise NotPossible("it has ended")
    step = next((step for step in saga.steps if step.name == progress.phase), None)
    if step is None or not saga.stands(state):
        raise NotPossible(f"it is {progress.phase}: what is left to do follows from what has happened")
    return step
