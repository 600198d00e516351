"""A stream of notes and the view that lists them: what is missing, doubled or out of order shows in the row itself.

A stream is spelt by its kinds, one letter per event, first event first:

N  adds its sequence to the row          X  ends the row
P  as N, but poison before the first fix  D  as N, but poison before the second fix
I  does not concern the view             Q  as I, but poison before the first fix
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from shared.kernel import Projection, Recorded
from shared.pipeline.codec import EventCodec
from tests.orders import EPOCH

STREAM: Final = "s"
FIXES: Final = {"P": 1, "Q": 1, "D": 2}


@dataclass(frozen=True, slots=True)
class Noted:
    kind: str


@dataclass(frozen=True, slots=True)
class Notes:
    """The sequences that went in."""

    seen: tuple[int, ...]


NOTES: Final[EventCodec[Any]] = EventCodec(Noted)


def noted(kinds: str, stream: str = STREAM) -> tuple[Recorded[Noted], ...]:
    return tuple(
        Recorded(Noted(kind), stream, "c", sequence, EPOCH, f"cause-{sequence}")
        for sequence, kind in enumerate(kinds, start=1)
    )


def fixed(kinds: str) -> int:
    """The first version that takes every event of these kinds."""
    return max((FIXES.get(kind, 0) for kind in kinds), default=0)


def after(row: Notes | None, event: Recorded[Noted]) -> Notes | None:
    match event.body.kind:
        case "X":
            return None
        case "I" | "Q":
            return row
        case _:
            return Notes((*(row.seen if row else ()), event.sequence))


@cache
def folded(kinds: str) -> Notes | None:
    """What the row has to be after these events."""
    row = None
    for event in noted(kinds):
        row = after(row, event)
    return row


@dataclass
class Watch:
    """What handlers were asked for: each call by stream and sequence, and whether any came over the wrong row."""

    calls: list[tuple[str, int]] = field(default_factory=list)
    gap: str | None = None


def notes(version: int, watch: Watch, kinds: Callable[[str], str]) -> Projection[Noted, Notes]:
    """The view as its code was in this version. `kinds` are those of a whole stream."""

    def evolve(row: Notes | None, event: Recorded[Noted]) -> Notes | None:
        watch.calls.append((event.stream, event.sequence))
        if row != folded(kinds(event.stream)[: event.sequence - 1]):
            watch.gap = f"event {event.sequence} was folded over {row}"
        if version < FIXES.get(event.body.kind, 0):
            raise ValueError(event.body.kind)
        return after(row, event)

    return Projection("notes", Notes, evolve)
