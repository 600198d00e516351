"""Who reads a feed, and what it may use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from shared.kernel import Key, Poison, Recorded
from shared.kernel.pace import Pace
from shared.observer import SILENT, Observer
from shared.pipeline.brake import Brake
from shared.pipeline.buckets import Ledgers
from shared.pipeline.codec import EventCodec, Received, is_event
from shared.pipeline.fold import Stop
from shared.pipeline.generations import Known, OnlyTheFirst
from shared.pipeline.held import Held
from shared.pipeline.lanes import Lanes
from shared.pipeline.sagas import Sagas
from shared.pipeline.spans import Span
from shared.pipeline.transact import Transactor
from shared.ports import EventStore, Item, ManyRows, RowStore

type Outcome = Literal["applied", "skipped", "held", "parked"]

type Released = Literal["released", "nothing to release"]

# How often a consumer begins again when others write the same key, before the batch has to wait.
AGAIN: Final = 8


class Outlet(Protocol):
    """Where events go. One call at a time per stream; calls for other streams run beside it and may travel together."""

    async def send(self, events: Sequence[Recorded[Any]]) -> Stop | None:
        """Hand on consecutive events of one stream: none before those in front of it are safe there.

        Returns once all are, or the Stop at the first that can never be. Raises Transient when not now; then some of
        them may have arrived, and all will come again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where messages go: as commands to streams, or to those that wait."""

    streams: Transactor[Any, Any, Any]
    held: Held


@dataclass(frozen=True, slots=True)
class Engine:
    """What a consumer may use. `outlets` and `inboxes` by the name of the consumer that hands on, or takes in."""

    codec: EventCodec[Any]
    events: EventStore
    rows: RowStore
    lanes: Lanes
    brake: Brake
    ledgers: Ledgers
    sagas: Mapping[str, Sagas] = field(default_factory=dict)
    many: ManyRows | None = None
    observer: Observer = SILENT
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    inboxes: Mapping[str, Inbox] = field(default_factory=dict)
    generations: Known = field(default_factory=OnlyTheFirst)


@dataclass(frozen=True, slots=True)
class StillPoison:
    """Release changed nothing: this event does not pass yet."""

    at: int
    reason: str
    detail: str


class Consumer(Protocol):
    """One place in one feed. `name` is the function's name and its lease prefix, so it never changes."""

    @property
    def name(self) -> str: ...

    @property
    def is_watched(self) -> bool:
        """Whether a key is taken for the cause when the process ends while it is handled."""
        ...

    @property
    def pace(self) -> Pace:
        """How soon it has to know of a change."""
        ...

    @property
    def may_leave_out(self) -> bool:
        """Whether it can go on without one event for ever: not if what it keeps is the fold of them all."""
        ...

    def picks(self, item: Item) -> bool:
        """Whether an item of the feed is for this consumer at all."""
        ...

    def decode(self, item: Item, codec: EventCodec[Any]) -> Received[Any]:
        """Raises Poison when not even its identity can be read."""
        ...

    def key(self, event: Received[Any]) -> Key | None:
        """Where the event belongs; None when it is nothing to this consumer. Raises Poison when its code does."""
        ...

    async def generations(self, engine: Engine) -> "Sequence[Consumer]":
        """Itself once for each generation that it keeps. Asked for each batch after it has come; raises Transient."""
        ...

    async def handle(self, span: Span[Any], engine: Engine) -> Outcome:
        """Apply the span, hold it back or park it, once, however often it comes. Raises Transient: it has to wait."""
        ...

    async def handle_all(self, spans: Sequence[Span[Any]], engine: Engine) -> Sequence[Outcome | None]:
        """Handle together what shares its requests; None for each span that is left to `handle`."""
        ...

    async def suspect(self, span: Span[Any], poison: Poison, engine: Engine) -> Outcome:
        """Park the span without handling its events."""
        ...

    async def release(self, key: Key, engine: Engine) -> Released | StillPoison:
        """Put in what waits behind the lane's head, if it passes by now. Safe at any time and twice at once."""
        ...

    async def waiting(self, head: Item, engine: Engine) -> list[dict[str, object]]:
        """What waits in the head's lane, in order and without its content."""
        ...


class EachByItself:
    """A consumer whose keys share no requests, and that keeps one generation."""

    is_watched = True
    pace: Pace = "soon"
    may_leave_out = False

    async def generations(self: Consumer, engine: Engine) -> Sequence[Consumer]:  # noqa: ARG002 - as the port has it
        return (self,)

    async def handle_all(self, spans: Sequence[Span[Any]], engine: Engine) -> Sequence[Outcome | None]:  # noqa: ARG002 - as the port has it
        return [None] * len(spans)


class OfEvents(EachByItself):
    """What consumers of a feed of events have in common."""

    def picks(self, item: Item) -> bool:
        return is_event(item)

    def decode(self, item: Item, codec: EventCodec[Any]) -> Received[Any]:
        return codec.decode(item)

    async def waiting(self, head: Item, engine: Engine) -> list[dict[str, object]]:
        return [
            {"sequence": event["sequence"], "type": event["type"]}
            for event in await engine.events.read(str(head["stream"]))
            if int(str(head["first"])) <= int(str(event["sequence"])) <= int(str(head["last"]))
        ]
