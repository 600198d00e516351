"""What an operator does to one saga: ask again, skip, give up. Refused where the machine says so, and always told."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.kernel import Conflict, Failure, Refused, Transient, Unknown
from shared.kernel.by_hand import Act, NotPossible
from shared.kernel.values import to_text
from shared.pipeline.consumers import Engine
from shared.pipeline.deeds import Author, Deed, deed_id
from shared.pipeline.following import Deal, following
from shared.pipeline.replay.overlay import Stores
from shared.pipeline.replay.rehearsal import Rehearsal, rehearse
from shared.pipeline.saga_item import CONTAINER, Instance, written
from shared.pipeline.sagas import Sagas
from shared.ports import Write

AGAIN: Final = 8

type Row = dict[str, object]


class NoSuchSaga(Refused):
    """No saga was begun for such an order."""

    code = "no_such_saga"


@dataclass(frozen=True, slots=True)
class SagaDesk:
    """`stores` are those that `sagas` is kept in; `events` is the container of them whose items are events."""

    engine: Engine
    sagas: Sagas
    stores: Stores
    events: str
    nonce: Callable[[], str]
    now: Callable[[], datetime]

    async def act(self, act: Act, stream: str, by: Author, *, step: str = "") -> Row:
        """Raises NotPossible, also when it is not at that `step` (any more), and NoSuchSaga.

        The saga and the deed are one batch. It is due then, so whoever comes next goes on if we die: but first we do.
        """
        name = self.nonce()
        for _ in range(AGAIN):
            instance, moved = await self._moved(stream, Deal(act, f"deed:{name}"), step)
            deed = Deed(name, act, stream, by, self.now(), told(instance), told(moved))
            writes = [
                Write(written(stream, self.sagas.name, moved), instance.etag),
                Write(deed.to_item("orderId", stream)),
            ]
            with suppress(Conflict, Unknown):
                await self.stores.buckets.commit(CONTAINER, stream, writes)
                return await self._went_on(stream, deed)
            if deed.id in await self.stores.buckets.read(CONTAINER, stream, [deed_id(name)]):
                return await self._went_on(stream, deed)
        raise Transient(f"the saga of {stream} changed {AGAIN} times under our hands")

    async def rehearse(self, act: Act, stream: str, by: Author, *, step: str = "") -> Rehearsal[list[Row]]:
        """What `act` would do and ask for, up to the first answer of somebody outside, which is not known."""

        async def on(engine: Engine, stores: Stores) -> list[Row]:
            desk = replace(self, engine=engine, sagas=engine.sagas[self.sagas.name], stores=stores)
            return [await desk.act(act, stream, by, step=step)]

        return await rehearse(self.engine, self.stores, on, events=self.events)

    async def _moved(self, stream: str, deal: Deal, step: str) -> tuple[Instance, Instance]:
        instance = await self.sagas.find(stream)
        if instance is None:
            raise NoSuchSaga(f"no saga was begun for an order {stream}")
        found = await self.sagas.streams.load(stream)
        saga, now = self.sagas.definition(instance), self.now()
        present, _ = following(saga, stream, instance, events=found.events, now=now)
        if step not in {"", present.progress.phase}:
            raise NotPossible(f"it is not at {step} but at {present.progress.phase}")
        moved, _ = following(saga, stream, instance, events=found.events, now=now, deal=deal)
        return instance, moved

    async def _went_on(self, stream: str, deed: Deed) -> Row:
        row: Row = {"order": stream, "outcome": "done", "before": dict(deed.before), "after": dict(deed.after)}
        try:
            await self.sagas.touch(stream)
            instance = await self.sagas.find(stream)
        except Failure as failure:
            return row | {"detail": f"saved, and a timer goes on: {failure}"}
        return row | {"now": told(instance) if instance else None}


def told(instance: Instance) -> Row:
    """Where it stands, and what it asks for."""
    progress = instance.progress
    open_asks: Sequence[Row] = [
        {"name": each.name, "attempts": each.attempts, "trouble": each.trouble, "dueAt": to_text(each.due_at)}
        for each in instance.asked
        if each.due_at
    ]
    return {"phase": progress.phase, "isLate": progress.is_late, "mark": progress.mark, "asked": open_asks}
