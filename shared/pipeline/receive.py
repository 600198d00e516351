"""Takes the messages of a hub as commands for streams: each is applied, or waits in the lane of its stream.

A message has no place in its stream, so there is no mark: twice is once because its name is the causation id of what it
adds, and because a command that was accepted is accepted again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shared.kernel import Conflict, Key, Message, Poison, Recorded, Refused, Transient, Unknown, Unreadable, by_stream
from shared.pipeline.codec import EventCodec, Moment, Received, Shape, readable
from shared.pipeline.consumers import AGAIN, EachByItself, Engine, Inbox, Outcome, Released, StillPoison
from shared.pipeline.fold import Stop
from shared.pipeline.held import MOST_MESSAGE_BYTES
from shared.pipeline.spans import Span
from shared.pipeline.transact import Cause
from shared.ports import Item

# A function that is run by hand is not told.
_UNKNOWN_TIME: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as the trigger handed it over. `sequence` counts within its partition of the hub."""

    sequence: int
    body: str
    enqueued_at: Moment = _UNKNOWN_TIME


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and the item it came as, which is what waits."""

    message: Message[Any]
    item: Item


_ARRIVED = Shape(Arrived)


@dataclass(frozen=True)
class Receive(EachByItself):
    """A consumer of one hub. `read` is pure and raises Poison when not even the stream can be read.

    `refused` says what poison a message is that the business refuses.
    """

    name: str
    read: Callable[[str], Message[Any]]
    refused: Callable[[Refused], Poison]

    may_leave_out = True

    def picks(self, item: Item) -> bool:  # noqa: ARG002 - a hub has nothing but messages
        return True

    def decode(self, item: Item, codec: EventCodec[Any]) -> Received[Any]:  # noqa: ARG002 - no event of an order
        if "base64" in item:
            raise Poison("unreadable_message", f"no UTF-8, or over {MOST_MESSAGE_BYTES} bytes")
        try:
            arrived = _ARRIVED.read(item)
        except Poison as poison:
            raise Poison("unreadable_message", str(poison)) from None
        message = self.read(arrived.body)
        return Recorded(Letter(message, item), message.stream, "", arrived.sequence, arrived.enqueued_at, message.name)

    def key(self, event: Received[Any]) -> Key | None:
        return by_stream(event)

    async def handle(self, span: Span[Any], engine: Engine) -> Outcome:
        return await self._until_settled(span.key, lambda: self._once(span, engine))

    async def suspect(self, span: Span[Any], poison: Poison, engine: Engine) -> Outcome:
        return await self._until_settled(span.key, lambda: self._once(span, engine, guilt=poison))

    async def release(self, key: Key, engine: Engine) -> Released | StillPoison:
        return await self._until_settled(key, lambda: self._released(key, engine))

    async def waiting(self, head: Item, engine: Engine) -> list[dict[str, object]]:
        found = await self._inbox(engine).held.waiting(str(head["lane"]))
        return [{"sequence": each.number, "type": _kind(self.decode(each.item, engine.codec))} for each in found]

    async def _once(self, span: Span[Any], engine: Engine, *, guilt: Poison | None = None) -> Outcome:
        held = self._inbox(engine).held
        if head := await engine.lanes.head(self.name, span.key):
            await held.keep(head, _items(span.events))
            return "held"
        stop = Stop(0, guilt) if guilt else await self._applied(span.events, engine)
        if stop is None:
            return "applied"
        engine.brake.meet(self.name, stop.poison.reason, span.key)
        head = engine.lanes.new(self.name, span.key, stream=span.stream, first=1, last=0, poison=stop.poison)
        await held.keep(head, _items(span.events[stop.at :]))
        return "parked"

    async def _released(self, key: Key, engine: Engine) -> Released | StillPoison:
        head = await engine.lanes.head(self.name, key)
        if head is None:
            return "nothing to release"
        held = self._inbox(engine).held
        everything = await held.waiting(head.lane)
        waiting = [each for each in everything if each.number not in head.left_out]
        if stop := await self._applied([self.decode(each.item, engine.codec) for each in waiting], engine):
            return StillPoison(waiting[stop.at].number, stop.poison.reason, str(stop.poison))
        await held.forget(everything)
        # Whoever kept a message after we had looked has changed the head, and this raises Conflict.
        await engine.lanes.end(head)
        return "released"

    async def _applied(self, events: Sequence[Received[Any]], engine: Engine) -> Stop | None:
        """Where it ended if it did, counted from 0. Raises Transient."""
        for at, event in enumerate(events):
            try:
                await self._run(event, engine)
            except Poison as poison:
                return Stop(at, poison)
        return None

    async def _run(self, event: Received[Any], engine: Engine) -> None:
        message = _letter(event).message
        if isinstance(message.command, Unreadable):
            raise message.command.poison()
        cause = Cause(causation_id=message.name, correlation_id=message.name)
        try:
            # Read anew for each: a decision not to write is fenced by nothing.
            await self._inbox(engine).streams.run(message.stream, message.command, cause=cause)
        except Refused as refusal:
            raise self.refused(refusal) from refusal

    async def _until_settled[T](self, key: Key, act: Callable[[], Awaitable[T]]) -> T:
        for _ in range(AGAIN):
            try:
                return await act()
            except (Conflict, Unknown):
                continue
        raise Transient(f"{self.name}: the lane of {key.id} changed {AGAIN} times under our hands")

    def _inbox(self, engine: Engine) -> Inbox:
        return engine.inboxes[self.name]


def _letter(event: Received[Any]) -> Letter:
    letter: Letter = readable(event).body
    return letter


def _items(events: Sequence[Received[Any]]) -> list[Item]:
    return [_letter(event).item for event in events]


def _kind(event: Received[Any]) -> str:
    command = _letter(event).message.command
    return command.reason if isinstance(command, Unreadable) else type(command).__name__
