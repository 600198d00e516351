"""Whose turn it is with a lane: one claim each, which runs out when its owner dies, and is never lost without a deed.

A claim saves work and fences nothing: who comes late is stopped by the etags of what he wants to write.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.kernel import Conflict, Key, Poison, Transient, Unknown
from shared.kernel.values import to_text
from shared.pipeline.codec import SCHEMA_VERSION, Moment, Shape
from shared.pipeline.deeds import Author, Deed, deed_id
from shared.pipeline.lanes import CONTAINER, named
from shared.ports import BucketStore, Item, RowStore, Stored, Write

CLAIM: Final = "claim"
KIND: Final = "LaneClaim"
CLAIMED_FOR: Final = timedelta(seconds=60)
AGAIN: Final = 8


class Claimed(Transient):
    """Somebody else is at it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An intention until it is a deed: `deed` is the name it will have."""

    lane: str
    deed: str
    action: str
    who: str
    why: str
    at: Moment
    until: Moment
    before: dict[str, object]
    etag: str = ""

    def becomes(self, after: Item) -> Item:
        """Its deed, as it is stored."""
        by = Author(self.who, self.why)
        return Deed(self.deed, self.action, self.lane, by, self.at, self.before, after).to_item("lane", self.lane)


_CLAIM = Shape(Claim)


@dataclass(frozen=True, slots=True)
class Claims:
    buckets: BucketStore
    rows: RowStore
    nonce: Callable[[], str]
    now: Callable[[], datetime]

    async def take(self, lane: str, action: str, by: Author, *, before: Item) -> Claim:
        """Raises Claimed while somebody else has it. One that ran out is taken over, and says that it was cut short."""
        name = self.nonce()
        for _ in range(AGAIN):
            with suppress(Conflict, Unknown):
                return await self._taken(Claim(lane, name, action, by.who, by.why, *self._time(), dict(before)))
        raise Transient(f"{named(lane)} was claimed {AGAIN} times under our hands")

    async def finish(self, claim: Claim, after: Item) -> None:
        """Write the deed, then let go. Dying in between leaves a claim whose deed is there: nothing is told twice."""
        # In a conflict whoever took over has told of us already, that we were cut short: he could not know better.
        with suppress(Conflict):
            await self.rows.create(CONTAINER, Key(claim.lane, deed_id(claim.deed)), claim.becomes(after))
        with suppress(Conflict):
            await self.rows.delete(CONTAINER, Key(claim.lane, CLAIM), etag=claim.etag)

    async def keep_off(self, lane: str) -> None:
        """Raises Claimed while somebody is at it: what he has read is not changed under his hands."""
        stored = await self.rows.read(CONTAINER, Key(lane, CLAIM))
        if stored and (found := _found(stored)):
            self._must_be_over(found)

    async def settle(self, lane: str) -> None:
        """Tell of somebody who died at it, and let go for him. Nothing before his claim has run out."""
        stored = await self.rows.read(CONTAINER, Key(lane, CLAIM))
        found = _found(stored) if stored else None
        if stored is None or found is None or found.until > self.now():
            return
        # In a conflict somebody took it over, who tells of him, or he is back and tells himself.
        with suppress(Conflict):
            for deed in await self._cut_short(found):
                await self.rows.create(CONTAINER, Key(lane, str(deed.item["id"])), deed.item)
            await self.rows.delete(CONTAINER, Key(lane, CLAIM), etag=stored.etag)

    def _must_be_over(self, claim: Claim) -> None:
        if claim.until > self.now():
            raise Claimed(f"{claim.lane}: {claim.who} is at it until {to_text(claim.until)}")

    def _time(self) -> tuple[datetime, datetime]:
        now = self.now()
        return now, now + CLAIMED_FOR

    async def _taken(self, mine: Claim) -> Claim:
        stored = (await self.buckets.read(CONTAINER, mine.lane, [CLAIM])).get(CLAIM)
        writes = [Write(_written(mine), stored.etag if stored else None)]
        if stored and (found := _found(stored)):
            if found.deed == mine.deed:
                # Our own write arrived, and its answer did not.
                return found
            self._must_be_over(found)
            writes += await self._cut_short(found)
        etags = await self.buckets.commit(CONTAINER, mine.lane, writes)
        return _read(Stored(writes[0].item, etags[0]))

    async def _cut_short(self, claim: Claim) -> list[Write]:
        """The deed of one who died at it, unless that was the last thing he did."""
        name = deed_id(claim.deed)
        if name in await self.buckets.read(CONTAINER, claim.lane, [name]):
            return []
        return [Write(claim.becomes({"outcome": "cut short"}))]


def _found(stored: Stored) -> Claim | None:
    """None for a damaged one: it is nobody's, and must not keep everybody away for ever."""
    try:
        return _read(stored)
    except Poison:
        return None


def _read(stored: Stored) -> Claim:
    return _CLAIM.read({**stored.item, "etag": stored.etag})


def _written(claim: Claim) -> Item:
    stamp = {"id": CLAIM, "lane": claim.lane, "type": KIND, "schemaVersion": SCHEMA_VERSION}
    told = {"deed": claim.deed, "action": claim.action, "who": claim.who, "why": claim.why}
    times = {"at": to_text(claim.at), "until": to_text(claim.until)}
    return stamp | told | times | {"before": claim.before}
