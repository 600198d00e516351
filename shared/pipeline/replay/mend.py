"""What a person may change of what is parked: mend one event or message, or leave one out. The original is kept.

Each change is one transactional batch with the deed that says who made it and why: neither is ever without the other.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from shared.kernel import Conflict, Refused, Transient, Unknown
from shared.pipeline.consumers import Engine
from shared.pipeline.deeds import Author, Deed, deed_id
from shared.pipeline.held import KIND as HELD
from shared.pipeline.lanes import CONTAINER, head_of, item_of, named
from shared.pipeline.parked import DROPPED
from shared.pipeline.receive import Receive
from shared.pipeline.replay import edits
from shared.pipeline.replay.changes import bare, diff
from shared.pipeline.replay.overlay import Stores
from shared.pipeline.replay.plan import Wanted
from shared.pipeline.replay.rehearsal import Rehearsal, rehearse
from shared.pipeline.replay.shell import Replay, Row
from shared.ports import Item, Stored, Write

AGAIN: Final = 8


class NotDroppable(Refused):
    """What this consumer keeps would be wrong for ever, or nothing of that number waits."""

    code = "not_droppable"


@dataclass(frozen=True, slots=True)
class Step:
    """One batch of one partition, and what its deed says."""

    container: str
    partitioned_by: str
    partition: str
    write: Write
    before: Item
    after: Row
    # What the item is from then on, for the deed alone: a lane forgets it once it has gone in.
    becomes: Item = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mending:
    """`check` raises Poison when the items of a stream are no history that an order could have."""

    replay: Replay
    check: edits.Check

    async def edit(self, lane: str, new: Item, by: Author, *, at: int | None = None) -> Row:
        """Change fields of an event or message that waits, or the first. Raises NotEditable, NoSuchLane, Claimed."""
        return await self._done("edit", lane, by, lambda: self._edited(lane, new, at))

    async def drop(self, lane: str, by: Author, *, at: int | None = None) -> Row:
        """Go on without one that waits, or the first. Raises NotDroppable, NoSuchLane, Claimed."""
        return await self._done("drop", lane, by, lambda: self._dropped(lane, at))

    async def edit_and_replay(self, lane: str, new: Item, by: Author, *, at: int | None = None) -> list[Row]:
        """An edit, and a replay of every lane of that order: whoever has parked it, for whatever reason."""
        found = (await self.replay.parked.found(lane)).item
        edited = await self.edit(lane, new, by, at=at)
        lots = await self.replay.plan(Wanted(key=str(found["stream"]))) if "stream" in found else ()
        return [edited, *[await self.replay.one(each, by) for each in [lot.lane for lot in lots] or [lane]]]

    async def drop_and_replay(self, lane: str, by: Author, *, at: int | None = None) -> list[Row]:
        """A drop, and a replay of what waits behind, if anything does."""
        dropped = await self.drop(lane, by, at=at)
        return [dropped, await self.replay.one(lane, by)] if "at" in dropped else [dropped]

    async def rehearse(self, act: "Callable[[Mending], Awaitable[list[Row]]]") -> Rehearsal[list[Row]]:
        """What `act` would do at this desk. Nothing is changed or sent."""

        async def on(engine: Engine, stores: Stores) -> list[Row]:
            return await act(replace(self, replay=self.replay.on(engine, stores)))

        return await rehearse(self.replay.parked.engine, self.replay.stores, on, events=self.replay.events)

    async def _done(self, action: str, lane: str, by: Author, step: Callable[[], Awaitable[Step]]) -> Row:
        """Once, also when an answer is lost: the deed's name is drawn before the first attempt."""
        name, buckets = self.replay.claims.nonce(), self.replay.stores.buckets
        for _ in range(AGAIN):
            await self.replay.claims.keep_off(lane)
            found = await step()
            after = {**found.after, **({"item": found.becomes} if found.becomes else {})}
            deed = Deed(name, action, lane, by, self.replay.claims.now(), found.before, after)
            record = Write(deed.to_item(found.partitioned_by, found.partition))
            with suppress(Conflict, Unknown):
                await buckets.commit(found.container, found.partition, [found.write, record])
                return {"lane": lane, **found.after}
            if deed_id(name) in await buckets.read(found.container, found.partition, [deed_id(name)]):
                return {"lane": lane, **found.after}
        raise Transient(f"{named(lane)} changed {AGAIN} times under our hands")

    async def _dropped(self, lane: str, at: int | None) -> Step:
        found = await self.replay.parked.found(lane)
        if found.item["type"] == "RawPoison":
            whole = bare(found.item)
            # It stays where it is, whole: twice would be too large for one batch.
            told = {name: value for name, value in whole.items() if name != "item"}
            return Step(
                CONTAINER, "lane", lane, Write({**whole, "type": DROPPED}, found.etag), told, {"outcome": "dropped"}
            )
        consumer, engine = self.replay.parked.consumer(found.item), self.replay.parked.engine
        if not consumer.may_leave_out:
            raise NotDroppable(f"{consumer.name} keeps the fold of all events: mend the event, or the code, and replay")
        head = head_of(found)
        waiting = [each for each in await consumer.waiting(found.item, engine) if each["sequence"] not in head.left_out]
        left = next((each for each in waiting if at in {None, each["sequence"]}), None)
        if left is None:
            raise NotDroppable(f"{lane}: nothing of that number waits")
        number = int(str(left["sequence"]))
        write = Write(item_of(replace(head, left_out=(*head.left_out, number))), found.etag)
        before = {**left, **({"item": message.item["item"]} if (message := await self._message(lane, number)) else {})}
        return Step(CONTAINER, "lane", lane, write, before, {"outcome": "dropped", "at": number})

    async def _edited(self, lane: str, new: Item, at: int | None) -> Step:
        found, parked = await self.replay.parked.found(lane), self.replay.parked
        consumer, codec = parked.consumer(found.item), parked.engine.codec
        if found.item["type"] == "RawPoison":
            edit = edits.of_raw(_inner(found), new, consumer=consumer, codec=codec)
            return _in_lane(lane, found, edit)
        stream = str(found.item["stream"])
        if isinstance(consumer, Receive):
            message = await self._message(lane, at)
            if message is None:
                raise edits.NotEditable(f"{lane}: nothing of that number waits")
            edit = edits.of_message(_inner(message), new, stream, consumer=consumer, codec=codec)
            return _in_lane(lane, message, edit)
        return await self._event(stream, at or int(str(found.item["first"])), new)

    async def _event(self, stream: str, at: int, new: Item) -> Step:
        events, stores = self.replay.events, self.replay.stores
        edit = edits.of_event(
            await stores.events.read(stream), at, new, codec=self.replay.parked.engine.codec, check=self.check
        )
        name = str(edit.before["id"])
        stored = (await stores.buckets.read(events, stream, [name]))[name]
        if diff(stored.item, edit.before):
            raise edits.NotEditable(f"event {at} of {stream} has just been changed; look again")
        return Step(
            events, "orderId", stream, Write(edit.after, stored.etag), {"item": edit.before}, _told(edit), edit.after
        )

    async def _message(self, lane: str, number: int | None) -> Stored | None:
        """One that waits, whole: of that number, or the first."""
        items = [item async for item in self.replay.stores.partitions.items(CONTAINER, lane) if item["type"] == HELD]
        meant = [item for item in items if number in {None, item["number"]}]
        first = min(meant, key=lambda item: int(str(item["number"])), default=None)
        return Stored(first, str(first["_etag"])) if first else None


def _in_lane(lane: str, found: Stored, edit: edits.Edit) -> Step:
    write = Write({**bare(found.item), "item": dict(edit.after)}, found.etag)
    return Step(CONTAINER, "lane", lane, write, {"item": dict(edit.before)}, _told(edit), dict(edit.after))


def _told(edit: edits.Edit) -> Row:
    """What has become of it. The values stand in the deed, as two whole items, and are shown to nobody unasked."""
    return {"outcome": "edited", "diff": [each.as_row() for each in diff(edit.before, edit.after)]}


def _inner(found: Stored) -> Item:
    inner = found.item.get("item")
    if not isinstance(inner, Mapping):
        raise edits.NotEditable("it was parked without its item; mend it by hand")
    return inner
