"""Stops a bad deployment from parking everything: too many keys for one reason, and the feed waits instead."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from shared.kernel import Key, Transient

WINDOW: Final = timedelta(minutes=1)
SHARE: Final = 0.05
AT_LEAST: Final = 20


@dataclass(slots=True)
class Brake:
    """Counts keys, not events, over the last minute. `seconds` is a monotonic clock."""

    seconds: Callable[[], float]
    _seen: dict[str, deque[tuple[float, Key]]] = field(default_factory=dict)
    _parked: dict[tuple[str, str], dict[Key, float]] = field(default_factory=dict)

    def see(self, consumer: str, key: Key) -> None:
        """Every key that is handled, whatever comes of it."""
        seen = self._seen.setdefault(consumer, deque())
        seen.append((self.seconds(), key))
        self._forget(seen)

    def meet(self, consumer: str, reason: str, key: Key) -> None:
        """Raises Transient when parking this key would be one too many."""
        parked = self._parked.setdefault((consumer, reason), {})
        for old in [each for each, at in parked.items() if at < self._horizon]:
            del parked[old]
        parked[key] = self.seconds()
        seen = len({each for _, each in self._seen.get(consumer, ())})
        if len(parked) > max(AT_LEAST, SHARE * seen):
            raise Transient(
                f"{consumer}: {len(parked)} of {seen} keys would park for {reason} within a minute; waiting"
            )

    @property
    def _horizon(self) -> float:
        return self.seconds() - WINDOW.total_seconds()

    def _forget(self, seen: deque[tuple[float, Key]]) -> None:
        while seen and seen[0][0] < self._horizon:
            seen.popleft()
