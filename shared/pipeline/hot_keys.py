"""Which keys get most of a feed's events, in bounded space and constant time: the space-saving summary.

Metwally, Agrawal, El Abbadi 2005: with room for m keys no count is over the truth by more than the total divided by m,
and no key above that share is missing. It is kept as Misra and Gries do, taking one from all when the room is full,
which is the same summary (Agarwal and others, "Mergeable summaries", 2012) without looking for the rarest key.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

ROOM: Final = 64
WINDOW_SECONDS: Final = 60.0


@dataclass(slots=True)
class SpaceSaving:
    """Counts of the keys that may be the most frequent ones; each is at least the truth."""

    room: int = ROOM
    total: int = 0
    _taken: int = 0
    _counts: dict[str, int] = field(default_factory=dict)

    def see(self, key: str, times: int = 1) -> None:
        self.total += times
        known = self._counts.get(key, 0)
        if known or len(self._counts) < self.room:
            self._counts[key] = known + times
            return
        less = min(times, *self._counts.values())
        self._taken += less
        self._counts = {name: count - less for name, count in self._counts.items() if count > less}
        if times > less:
            self._counts[key] = times - less

    def top(self, most: int) -> tuple[tuple[str, int], ...]:
        """The most frequent first."""
        ranked = sorted(self._counts.items(), key=lambda each: (-each[1], each[0]))
        return tuple((key, count + self._taken) for key, count in ranked[:most])


@dataclass(slots=True)
class HotKeys:
    """One count for each consumer and minute. `seconds` is a monotonic clock."""

    seconds: Callable[[], float]
    _counts: dict[str, SpaceSaving] = field(default_factory=dict)
    _since: dict[str, float] = field(default_factory=dict)

    def of(self, consumer: str) -> SpaceSaving:
        """The count that goes on; no longer once `over` has told it."""
        found = self._counts.get(consumer)
        if found is None:
            found = self._counts[consumer] = SpaceSaving()
        return found

    def over(self, consumer: str) -> SpaceSaving | None:
        """The count of the window that has just ended, once; None while it goes on."""
        now = self.seconds()
        if now - self._since.setdefault(consumer, now) < WINDOW_SECONDS:
            return None
        self._since[consumer] = now
        return self._counts.pop(consumer, None)
