"""A dry run: the code of the real thing, on stores that are only written over, with an outside that only listens."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shared.kernel import Recorded
from shared.observer import SILENT, Spending
from shared.pipeline.attempts import NobodyAsked, Outside
from shared.pipeline.brake import Brake
from shared.pipeline.buckets import Ledgers
from shared.pipeline.consumers import Engine, Inbox, Outlet
from shared.pipeline.fold import Stop
from shared.pipeline.held import Held
from shared.pipeline.publish import Publish
from shared.pipeline.replay.changes import Change, changes
from shared.pipeline.replay.overlay import Stores, over
from shared.pipeline.sagas import Sagas
from shared.ports import Taken

type Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Effect:
    """What would be sent: to whom, of which key, and what it is."""

    to: str
    key: str
    what: str

    def as_row(self) -> Row:
        return {"to": self.to, "key": self.key, "what": self.what}


@dataclass(slots=True)
class Ear:
    """Stands where the outside world would be."""

    heard: list[Effect] = field(default_factory=list)

    async def perform(self, effect: Any) -> Any:  # noqa: ANN401 - the port's own shape
        kind = type(effect).__name__
        self.heard.append(Effect("gateway", str(getattr(effect, "order_id", "")), kind))
        # What he would answer is not known.
        raise NobodyAsked


@dataclass(frozen=True, slots=True)
class _Hub:
    """A Hub that takes everything and hands nothing on."""

    async def send(self, key: str, messages: Sequence[bytes]) -> Taken:  # noqa: ARG002 - the port's own shape
        return Taken(len(messages))


@dataclass(frozen=True, slots=True)
class Overheard:
    """An Outlet that notes what would go out. Messages are written all the same: one may be too large to be."""

    name: str
    ear: Ear
    real: Outlet

    async def send(self, events: Sequence[Recorded[Any]]) -> Stop | None:
        stop = None
        if isinstance(self.real, Publish):
            stop = await replace(self.real, hub=_Hub(), observer=SILENT).send(events)
        for event in events:
            if stop is None or event.sequence < stop.at:
                what = f"{event.sequence} {type(event.body).__name__}"
                self.ear.heard.append(Effect(self.name, event.stream, what))
        return stop


@dataclass(frozen=True, slots=True)
class Rehearsal[T]:
    """What came of it, and what the real thing would do. `charge` is in request units, that of writes estimated."""

    came_of_it: T
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    charge: float

    def as_row(self) -> Row:
        return {
            "outcomes": self.came_of_it,
            "changes": [each.as_row() for each in self.changes],
            "effects": [each.as_row() for each in self.effects],
            "ru": round(self.charge, 1),
        }


async def rehearse[T](
    engine: Engine, stores: Stores, act: Callable[[Engine, Stores], Awaitable[T]], *, events: str
) -> Rehearsal[T]:
    """`act` on an engine that changes nothing. `events` is the container whose items are events."""
    covered, layer = over(stores, events=events)
    ear = Ear()
    with Spending() as spent:
        came_of_it = await act(_deaf(engine, covered, ear), covered)
    return Rehearsal(came_of_it, changes(layer), tuple(ear.heard), spent.charge + layer.charge)


def _deaf(engine: Engine, stores: Stores, ear: Ear) -> Engine:
    return replace(
        engine,
        events=stores.events,
        rows=stores.rows,
        lanes=replace(engine.lanes, store=stores.rows),
        ledgers=Ledgers(stores.buckets),
        # What would be parked on paper must not let the real feed wait.
        brake=Brake(engine.brake.seconds),
        observer=SILENT,
        sagas={name: _of(sagas, stores, ear) for name, sagas in engine.sagas.items()},
        many=None,
        outlets={name: Overheard(name, ear, outlet) for name, outlet in engine.outlets.items()},
        inboxes={name: _in(inbox, stores) for name, inbox in engine.inboxes.items()},
    )


def _of(sagas: Sagas, stores: Stores, ear: Ear) -> Sagas:
    """They remember nothing of what was rehearsed, and wait for all they have begun."""
    streams = replace(sagas.streams, store=stores.events, observer=SILENT)
    outside = Outside(ear.perform, sagas.outside.record)
    return Sagas(sagas.versions, streams, stores.rows, outside, sagas.now, sagas.nonce, drain_seconds=None)


def _in(inbox: Inbox, stores: Stores) -> Inbox:
    held = Held(stores.buckets, stores.rows, stores.partitions)
    return Inbox(replace(inbox.streams, store=stores.events, observer=SILENT), held)
