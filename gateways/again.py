"""Decide again when somebody wrote first, or when nobody can say whether we did: a bounded number of times."""

from collections.abc import Awaitable, Callable
from typing import Final

from shared.kernel import Conflict, Failure, Transient, Unknown

AGAIN: Final = 8


async def decided[T](attempt: Callable[[], Awaitable[T]], what: str) -> T:
    """`attempt` reads, decides and writes. Raises Transient when it met others every time, else what it raised."""
    trouble: Failure | None = None
    for _ in range(AGAIN):
        try:
            return await attempt()
        except (Conflict, Unknown) as failure:
            # A write whose answer was lost may have arrived: the next reading shows.
            trouble = failure
    raise Transient(f"{what}: no decision after {AGAIN} attempts") from trouble
