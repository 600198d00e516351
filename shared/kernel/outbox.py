"""What a saga has asked for and not heard of yet, and who may ask next. Pure: the moment comes in as an argument."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.saga import Ask

# Longer than a call and the recording of its answer take; a worker that dies leaves its asks to others after this.
CLAIM: Final = timedelta(seconds=30)
SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Asked:
    """One ask's life. Until `due_at` it is somebody's; without one it is answered, or not wanted any more.

    `attempts` counts calls, `trouble` says how the last one failed; `cause` is what the saga first asked for it on:
    `phase:ship`, `late:ship` or `event:7`.
    """

    name: str
    since: datetime
    due_at: datetime | None
    attempts: int = 0
    trouble: str = ""
    cause: str = ""

    def answered(self) -> "Asked":
        return replace(self, due_at=None, trouble="")

    def failed(self, trouble: str, now: datetime) -> "Asked":
        return replace(self, due_at=now + backoff(self.attempts), trouble=trouble)


def backoff(attempts: int) -> timedelta:
    """1, 2, 4 … seconds after that many attempts, at most five minutes, for ever."""
    return min(LONGEST, SHORTEST * (1 << max(0, min(attempts, 20) - 1)))


def plan(asked: Sequence[Asked], wanted: Sequence[Ask], now: datetime, *, cause: str = "") -> tuple[Asked, ...]:
    """Open what is wanted, end what is not. Nothing is forgotten: how it went is for people to see."""
    names = {ask.name for ask in wanted}
    known = {each.name for each in asked}
    kept = (_kept(each, now, is_wanted=each.name in names) for each in asked)
    return (*kept, *(Asked(ask.name, now, due_at=now, cause=cause) for ask in wanted if ask.name not in known))


def _kept(each: Asked, now: datetime, *, is_wanted: bool) -> Asked:
    if not is_wanted:
        return replace(each, due_at=None)
    # Wanted again after its end: whatever came of it has not moved the stream, so there is no hurry.
    return each if each.due_at else replace(each, due_at=now + backoff(each.attempts))


def claim(asked: Sequence[Asked], now: datetime) -> tuple[tuple[Asked, ...], frozenset[str]]:
    """Take everything that is due, and say what was taken."""
    mine = frozenset(each.name for each in asked if each.due_at is not None and each.due_at <= now)
    taken = (replace(each, due_at=now + CLAIM, attempts=each.attempts + 1) for each in asked if each.name in mine)
    by_name = {each.name: each for each in taken}
    return tuple(by_name.get(each.name, each) for each in asked), mine


def earliest(asked: Sequence[Asked], deadline: datetime | None) -> datetime | None:
    """When somebody has to look again."""
    moments = [each.due_at for each in asked if each.due_at]
    return min([*moments, deadline] if deadline else moments, default=None)
