"""The server's idea of now, which a test may move."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Real time plus an offset, so that TTLs and timestamps can be tried without waiting."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0

    def seconds(self) -> float:
        """Seconds since 1970 in UTC."""
        return self._source() + self._offset

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def advance(self, seconds: float) -> None:
        """Moves this clock only; signatures are still checked against the machine's own time."""
        self._offset += seconds
