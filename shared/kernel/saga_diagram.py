"""A saga's definition as Mermaid's state diagram, with the way of one stream through it laid over when there is one."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from shared.kernel.outbox import Asked
from shared.kernel.saga import CLOSING, SETTLING, Entered, Progress, Saga
from shared.kernel.values import to_text

ENDED: Final = "the stream stands no more"


def diagram(saga: Saga[Any, Any], progress: Progress | None = None, asked: Sequence[Asked] = ()) -> str:
    """Made from nothing but the definition, so it cannot say anything else. `asked` belongs to `progress`."""
    lines = [*_definition(saga), *(_way(progress, asked) if progress else ())]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in lines)]) + "\n"


def _definition(saga: Saga[Any, Any]) -> Iterator[str]:
    phases = [*(step.name for step in saga.steps), SETTLING]
    yield f"[*] --> {phases[0]} : {saga.opens_on.__name__}"
    for step, following in zip(saga.steps, phases[1:], strict=True):
        yield f"{step.name} --> {following} : {step.done_on.__name__}"
        yield f"{step.name} --> {CLOSING} : {step.failed_on.__name__}"
        if step.close is None:
            yield f"{step.name} --> {CLOSING} : after {_duration(step.within)}, or by a person"
        else:
            yield f"{step.name} --> {step.name} : after {_duration(step.within)}, or by a person, close"
        if step.may_be_skipped:
            yield f"{step.name} --> {following} : skipped by a person"
        yield f"{step.name} --> {SETTLING} : {ENDED}"
    yield f"{CLOSING} --> {SETTLING} : {ENDED}"
    yield f"{SETTLING} --> [*] : nothing is left"


def _way(progress: Progress, asked: Sequence[Asked]) -> Iterator[str]:
    yield "classDef been fill:#d8ecd8,stroke:#2e7d32"
    yield "classDef now fill:#fff3c4,stroke:#b7791f,stroke-width:3px"
    been = list(dict.fromkeys(each.phase for each in progress.entered if each.phase != progress.phase))
    if been:
        yield f"class {','.join(been)} been"
    yield f"class {progress.phase} now"
    for entered in progress.entered:
        yield f"note right of {entered.phase}"
        yield from (f"    {line}" for line in _note(entered, progress, asked))
        yield "end note"


def _note(entered: Entered, progress: Progress, asked: Sequence[Asked]) -> Iterator[str]:
    yield f"since {_moment(entered.at)}"
    if entered == progress.entered[-1] and progress.is_late:
        yield "its time is up"
    for each in asked:
        if _phase_of(each, progress) == entered.phase:
            yield _told(each)


def _phase_of(each: Asked, progress: Progress) -> str:
    """The phase it was asked for in, by its cause, or where that was not stored, by its time."""
    kind, _, name = each.cause.partition(":")
    if kind in {"phase", "late"}:
        return name
    before = [entered.phase for entered in progress.entered if entered.at <= each.since]
    return before[-1] if before else progress.entered[0].phase


def _told(each: Asked) -> str:
    times = "1 attempt" if each.attempts == 1 else f"{each.attempts} attempts"
    trouble = f", {each.trouble}" if each.trouble else ""
    following = f", next {_moment(each.due_at)}" if each.due_at else ""
    return f"{each.name}, {times}{trouble}{following}"


def _moment(moment: datetime) -> str:
    return f"{to_text(moment)[:19]}Z"


def _duration(within: timedelta) -> str:
    """The largest unit that says it exactly."""
    seconds = int(within.total_seconds())
    for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0 and seconds:
            return f"{seconds // size} {unit}{'' if seconds == size else 's'}"
    return f"{within.total_seconds()} seconds"
