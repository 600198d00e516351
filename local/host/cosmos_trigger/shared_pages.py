"""Pages that several triggers of a host want at the same moment: read once, as each would have read them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from weakref import WeakValueDictionary

# A page that is there stays as it was read; what has come since is behind it, or on the page after the next.
_GOOD_FOR: Final = 1.0
_MOST: Final = 16


class SharedPages[Place, Found]:
    """Remembers what was found at a place for a moment, and lets one ask while others wait for the answer."""

    def __init__(self) -> None:
        self._found: dict[Place, tuple[float, Found]] = {}
        self._turns: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    async def read(self, place: Place, ask: Callable[[], Awaitable[Found]], *, keeps: Callable[[Found], bool]) -> Found:
        """Raises what `ask` raises. What `keeps` refuses is asked for again by everybody."""
        turn = self._turns.setdefault(place, asyncio.Lock())
        async with turn:
            now = asyncio.get_running_loop().time()
            self._forget(now)
            if place in self._found:
                return self._found[place][1]
            found = await ask()
            if keeps(found):
                self._found[place] = (now, found)
            return found

    def _forget(self, now: float) -> None:
        late = [place for place, (at, _) in self._found.items() if now - at > _GOOD_FOR]
        for place in late + list(self._found)[: max(0, len(self._found) - len(late) - _MOST)]:
            self._found.pop(place, None)
