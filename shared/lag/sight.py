"""What reading on from a lease's place has found in one physical range."""

from dataclasses import dataclass
from datetime import UTC, datetime

from shared.lag.ranges import Piece


@dataclass(frozen=True, slots=True)
class Change:
    """A change's transaction (`lsn`) and when it was made, in whole seconds as the store tells it (`_ts`)."""

    lsn: int
    seconds: int

    def age(self, now: datetime) -> float:
        """Seconds, up to one too many; clocks that differ show in it, and it is never below 0."""
        return max(0.0, (now - datetime.fromtimestamp(self.seconds, UTC)).total_seconds())


@dataclass(frozen=True, slots=True)
class Sight:
    """The first change after the place, None at the tail, and the newest transaction of the whole physical range.

    `counted` says how many changes there are until the tail; None when they were not read that far.
    """

    piece: Piece
    newest: int
    first: Change | None
    counted: int | None = None

    @property
    def transactions(self) -> int:
        """From the first change to the newest of the range, both included.

        As the .NET SDK's estimator reckons. A transaction of several items counts once; items that were written again
        or deleted since, and those of other leases on the same range, count although they will not come.
        """
        return max(1, self.newest - self.first.lsn + 1) if self.first else 0


def newest_transaction(session: str) -> int:
    """Of a session token, `<range>:<version>#<global LSN>#<region>=<local LSN>` or, in the oldest form, the LSN alone.

    Raises ValueError for anything else.
    """
    parts = session.rpartition(":")[2].split("#")
    return int(parts[1] if len(parts) > 1 else parts[0])
