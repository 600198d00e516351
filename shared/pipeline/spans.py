"""A batch split by key, each part in the order of its stream and without repetitions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shared.kernel import Key
from shared.pipeline.codec import Received


@dataclass(frozen=True, slots=True)
class Span[E]:
    """Consecutive events of one key: at least one, by ascending sequence."""

    key: Key
    events: tuple[Received[E], ...]

    @property
    def stream(self) -> str:
        return self.events[0].stream

    @property
    def first(self) -> int:
        return self.events[0].sequence

    @property
    def last(self) -> int:
        return self.events[-1].sequence

    def after(self, mark: int) -> tuple[Received[E], ...]:
        """What the row has not seen yet."""
        return tuple(event for event in self.events if event.sequence > mark)


def split[E](events: Iterable[Received[E]], key: Callable[[Received[E]], Key | None]) -> tuple[Span[E], ...]:
    """Group by key, keys in the order of their first event. Events without a key concern nobody."""
    groups: dict[Key, dict[int, Received[E]]] = {}
    for event in events:
        place = key(event)
        if place is not None:
            groups.setdefault(place, {}).setdefault(event.sequence, event)
    return tuple(Span(place, tuple(group[at] for at in sorted(group))) for place, group in groups.items())
