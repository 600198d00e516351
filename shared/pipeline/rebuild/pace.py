"""How fast request units may be spent: a rebuild takes what it is given, and leaves the rest to those who wait."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """`units` a second over any stretch of work; without a limit for None. `seconds` and `sleep` are the clock."""

    units: float | None
    seconds: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _paid_until: float = 0.0

    async def spent(self, charge: float) -> None:
        """Waits until what was spent is paid for, in the order in which it was."""
        if not self.units:
            return
        self._paid_until = max(self._paid_until, self.seconds()) + charge / self.units
        if (wait := self._paid_until - self.seconds()) > 0:
            await self.sleep(wait)
