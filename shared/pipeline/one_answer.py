"""One answer for all who ask at about the same time: a check that many want costs what one of them would."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class OneAnswer[T]:
    """Checks by `ask`, one at a time; `seconds` is the clock.

    Whoever comes within `good_for` seconds after a check began gets its answer, or its failure. With 0 they get one
    that began after they came, so that it knows all that they know.
    """

    ask: Callable[[], Coroutine[Any, Any, T]]
    seconds: Callable[[], float]
    good_for: float = 0.0
    _latest: asyncio.Task[T] | None = None
    _began: float = 0.0

    async def __call__(self) -> T:
        oldest = self.seconds() - self.good_for
        while True:
            latest = self._latest
            if latest is not None and self._began >= oldest:
                return await asyncio.shield(latest)
            if latest is not None and not latest.done():
                await asyncio.wait([latest])
                continue
            self._began, self._latest = self.seconds(), asyncio.create_task(self.ask())
