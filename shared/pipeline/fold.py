"""The fold of a view as far as it goes: up to the end, or up to the first event that will never pass."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from shared.kernel import Failure, Poison, Recorded, Refused, Unreadable
from shared.pipeline.codec import Received


@dataclass(frozen=True, slots=True)
class Stop:
    """The event that poisoned the fold."""

    at: int
    poison: Poison


@dataclass(frozen=True, slots=True)
class Folded[V]:
    """`mark` is the last event that went in. `moved` is False only if every single step returned the same row."""

    value: V | None
    mark: int
    moved: bool
    stop: Stop | None = None


class Folds[E, V](Protocol):
    """Whatever folds events: a projection or a tally."""

    @property
    def name(self) -> str: ...

    @property
    def evolve(self) -> Callable[[V | None, Recorded[E]], V | None]: ...


class pure:  # noqa: N801 - it reads as a word of the `with` statement
    """Pure code that raises will raise again, and waiting for it would never end: Poison `handler_failed`."""

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, bug: BaseException | None, _: object) -> None:
        if kind and isinstance(bug, Exception) and not isinstance(bug, (Failure, Refused)):
            raise Poison("handler_failed", f"{self._what} raised {kind.__name__}") from bug


def fold[E, V](projection: Folds[E, V], start: V | None, mark: int, events: Iterable[Received[E]]) -> Folded[V]:
    value, moved = start, False
    for event in events:
        try:
            after = _evolved(projection, value, event)
        except Poison as poison:
            return Folded(value, mark, moved, Stop(event.sequence, poison))
        value, mark, moved = after, event.sequence, moved or after is not value
    return Folded(value, mark, moved)


def _evolved[E, V](projection: Folds[E, V], value: V | None, event: Received[E]) -> V | None:
    match event:
        case Recorded(body=Unreadable() as body):
            raise body.poison()
        case _:
            with pure(projection.name):
                return projection.evolve(value, event)  # type: ignore[arg-type]  # the body was just seen to be readable
