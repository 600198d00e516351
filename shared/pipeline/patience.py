"""Patience with a store that is busy: bounded concurrency that adapts, and retries that never amplify trouble."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from shared.kernel import Throttled, Transient, Unknown
from shared.observer import repeated

FIRST_DELAY: Final = 0.05
LONGEST_DELAY: Final = 5.0
GIVE_UP_AFTER: Final = 20.0
CALL_SECONDS: Final = 10.0
RESERVE: Final = 20.0
EARNED_PER_CALL: Final = 0.2


@dataclass(slots=True)
class Budget:
    """Every call earns a fraction of a retry, every retry spends one: a store in trouble sees at most 20 % more."""

    tokens: float = RESERVE

    def earn(self) -> None:
        self.tokens = min(RESERVE, self.tokens + EARNED_PER_CALL)

    def spend(self) -> bool:
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Room:
    """How many calls may be under way: a throttled or slow store lowers it, success raises it again.

    Additive increase, multiplicative decrease; a call is slow when it takes over `slow` times the best one lately.
    """

    most: float = 64.0
    least: float = 2.0
    limit: float = 32.0
    slow: float = 8.0
    under_way: int = 0
    best: float | None = None
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    NOTICEABLE: Final = 0.05

    async def __aenter__(self) -> None:
        """First come, first in; whoever finds room does not wait at all."""
        if self.under_way < int(self.limit) and not self._waiting:
            self.under_way += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        """Hand the places that are free now to those who wait; who gave up waiting needs none."""
        self.under_way -= 1
        while self._waiting and self.under_way < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self.under_way += 1

    def answered(self, seconds: float) -> None:
        # The best time drifts up slowly, so that a store which became slower for good is not slow for ever.
        self.best = seconds if self.best is None else min(seconds, self.best * 1.01)
        if seconds > self.NOTICEABLE and seconds > self.slow * self.best:
            self._shrink(0.9)
        else:
            self.limit = min(self.most, self.limit + 1 / self.limit)

    def throttled(self) -> None:
        self._shrink(0.7)

    def _shrink(self, factor: float) -> None:
        self.limit = max(self.least, self.limit * factor)


@dataclass(slots=True)
class Patience:
    """Repeats what was certainly not done; what may have been done goes up, to be looked at first.

    `sleep` and `seconds` are the clock; `draw(most)` gives a random delay from 0 to `most` (full jitter).
    """

    seconds: Callable[[], float]
    call_seconds: float = CALL_SECONDS
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[float], float] = lambda most: random.uniform(0, most)  # noqa: S311 - jitter is no secret
    budget: Budget = field(default_factory=Budget)
    room: Room = field(default_factory=Room)

    async def __call__[T](self, call: Callable[[], Awaitable[T]]) -> T:
        """Raises what the call raised last: Transient when it did not pass in time, anything else at once."""
        self.budget.earn()
        # A throttled call keeps its place while it waits: otherwise those behind it would only be throttled too.
        async with self.room:
            begun = self.seconds()
            try:
                return await self._once(call)
            except Transient as trouble:
                return await self._repeated(call, trouble, begun)

    async def _repeated[T](self, call: Callable[[], Awaitable[T]], trouble: Transient, begun: float) -> T:
        """After the first trouble, and only then: nearly every call passes, and retrying costs as much as a call."""
        first = [trouble]

        async def attempt() -> T:
            if first:
                raise first.pop()
            repeated()
            return await self._once(call)

        retrying = AsyncRetrying(
            retry=retry_if_exception(self._may_repeat),
            wait=self._delay,
            # Rather at once than to wait for a moment that is too late anyway.
            stop=lambda state: self.seconds() - begun + state.upcoming_sleep > GIVE_UP_AFTER,
            sleep=self.sleep,
            reraise=True,
        )
        return await retrying(attempt)

    async def _once[T](self, call: Callable[[], Awaitable[T]]) -> T:
        begun = self.seconds()
        try:
            async with asyncio.timeout(self.call_seconds):
                answer = await call()
        except Throttled:
            self.room.throttled()
            raise
        except TimeoutError as late:
            self.room.throttled()
            raise Unknown(f"no answer within {self.call_seconds} s") from late
        self.room.answered(self.seconds() - begun)
        return answer

    def _may_repeat(self, error: BaseException) -> bool:
        match error:
            case Throttled():
                # The store says when to come again, and the room says how many may: that is bound enough.
                return True
            case Unknown():
                return False
            case Transient():
                return self.budget.spend()
            case _:
                return False

    def _delay(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, Transient) and error.retry_after else 0.0
        return asked + self.draw(min(LONGEST_DELAY, FIRST_DELAY * 2 ** (state.attempt_number - 1)))
