"""One attempt at what a saga asks for: intent, call, answer, each in the store before the next begins.

Dying in between loses nothing: the saga has said that it asks, its claim runs out, and the next attempt has the same
effect key (docs/fulfilment.md).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from shared.kernel import Ask, Failure, Refused
from shared.observer import Observer
from shared.pipeline.transact import Cause, Decision, Transactor

log = logging.getLogger("orderflow.sagas")

CALL_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Outside:
    """The world beyond the streams.

    `perform` carries out an effect and gives its answer, or None where there is none to record; it raises Transient
    when nobody answered. `record` makes the command that records an answer.
    """

    perform: Callable[[Any], Awaitable[Any]]
    record: Callable[[Any], Any]


class NobodyAsked(Exception):  # noqa: N818 - it is no error
    """Raised by a `perform` that only looks: the attempt is left where it is, as if we had died at it."""


@dataclass(frozen=True, slots=True)
class End:
    """How one attempt ended. A silent one was answered by something that is no event; an open one not at all."""

    found: Decision[Any, Any] | None = None
    trouble: str = ""
    is_silent: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Attempts:
    """Of the saga of that name; what they leave in the streams says so."""

    saga: str
    streams: Transactor[Any, Any, Any]
    outside: Outside
    nonce: Callable[[], str]
    observer: Observer

    async def made(self, stream: str, ask: Ask, number: int, found: Decision[Any, Any]) -> End:
        """The `number`th attempt, to its end, whatever that is; `found` is the stream as it was read."""
        try:
            with self.observer.span(f"ask {ask.name}", within=found.events[0].traceparent) as trace:
                trace.say(key=stream)
                return await self._once(stream, ask, found, self._cause(ask, number, found))
        except Refused as refused:
            # It ends this attempt and no more: the event that made it so moves the saga.
            return End(trouble=f"refused: {refused.code}")
        except NobodyAsked:
            return End(is_open=True)
        except (Failure, TimeoutError) as failure:
            return _failed(stream, ask, failure)
        except Exception as bug:  # noqa: BLE001 - a provider's fault must not stop the other sagas; it is asked again
            return _failed(stream, ask, bug)

    async def _once(self, stream: str, ask: Ask, found: Decision[Any, Any], cause: Callable[[], Cause]) -> End:
        """Intent, call, answer: each is in the store before the next begins."""
        if ask.before is not None:
            found = await self.streams.run(stream, ask.before, cause=cause(), known=found)
        if ask.effect is None:
            return End(found)
        async with asyncio.timeout(CALL_SECONDS):
            answer = await self.outside.perform(ask.effect)
        if answer is None:
            return End(found, is_silent=True)
        return End(await self.streams.run(stream, self.outside.record(answer), cause=cause(), known=found))

    def _cause(self, ask: Ask, number: int, found: Decision[Any, Any]) -> Callable[[], Cause]:
        """Which attempt at what it is of, and for each command a name that no other has."""
        first = found.events[0]
        attempt = f"{self.saga}:{ask.name}:{number}"
        return lambda: Cause(f"{attempt}:{self.nonce()}", first.correlation_id, first.traceparent)


def _failed(stream: str, ask: Ask, trouble: Exception) -> End:
    log.warning("%s of %s is not answered: %s", ask.name, stream, type(trouble).__name__)
    return End(trouble=type(trouble).__name__)
