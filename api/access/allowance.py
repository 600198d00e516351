"""How many requests each caller may make: a leaky bucket for each, for as many callers as are lately seen."""

from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from aiolimiter import AsyncLimiter

MOST_CALLERS: Final = 4096
_MINUTE: Final = 60.0


class TooManyRequests(Exception):  # noqa: N818 - a request we answer, not an error of ours
    """`retry_after` is in whole seconds; by then there is room for one more."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("you have asked too often")
        self.retry_after = retry_after


@dataclass(slots=True)
class Allowance:
    """In the memory of this worker alone: with n of them a caller has up to n times as much, and no store is asked."""

    per_minute: int
    _buckets: OrderedDict[str, AsyncLimiter] = field(default_factory=OrderedDict)

    async def take(self, who: str, requests: int = 1) -> None:
        """Raises TooManyRequests rather than wait. More than the whole allowance at once takes all of it."""
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = AsyncLimiter(self.per_minute, _MINUTE)
            if len(self._buckets) > MOST_CALLERS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(who)
        wanted = min(requests, self.per_minute)
        if not bucket.has_capacity(wanted):
            raise TooManyRequests(ceil(wanted * _MINUTE / self.per_minute))
        await bucket.acquire(wanted)
