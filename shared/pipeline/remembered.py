"""How far each stream's saga is for certain, so that what it has caused itself comes back for nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

REMEMBERED: Final = 10_000
# As long as the feed takes to bring back what we have caused; a store that failed over may know less than we.
REMEMBERED_FOR: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last REMEMBERED marks, each for REMEMBERED_FOR: to have forgotten one costs a read."""

    now: Callable[[], datetime]
    _marks: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def has(self, stream: str, seen: int) -> bool:
        """Whether the stream's saga has seen that event, as far as is known of late; what is due is for the timers."""
        mark, at = self._marks.get(stream, (0, datetime.min.replace(tzinfo=UTC)))
        return mark >= seen and abs(self.now() - at) < REMEMBERED_FOR

    def keep(self, stream: str, mark: int) -> None:
        self._marks.pop(stream, None)
        self._marks[stream] = (mark, self.now())
        if len(self._marks) > REMEMBERED:
            del self._marks[next(iter(self._marks))]
