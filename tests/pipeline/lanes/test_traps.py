"""Nothing keeps a feed waiting for ever and nothing held back is passed by, also in the odd places of the protocol."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from shared.kernel import Key, Money, Poison, Projection, Recorded, Transient
from shared.pipeline import Project
from shared.pipeline.lanes import CONTAINER
from shared.pipeline.row import Stale
from shared.ports import Item, Stored
from tests.fakes import FakeEventStore, FakeRows
from tests.orders import EPOCH
from tests.pipeline.lanes.feeds import Feed
from tests.pipeline.lanes.notes import Noted, Notes, noted

PLACE = ("notes", Key("s", "s"))
STALE = Stale("0", EPOCH, "handler_failed", 2)


class Tight(FakeRows):
    """A full partition, or an item at its limit: a write has to leave its item no larger than `room` characters."""

    room = 10_000

    async def create(self, container: str, key: Key, item: Item) -> str:
        return await super().create(container, key, self._fitting(container, item))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        return await super().replace(container, key, self._fitting(container, item), etag=etag)

    def _fitting(self, container: str, item: Item) -> Item:
        if container != CONTAINER and len(str(item)) > self.room:
            raise Poison("too_large", "no room")
        return item


@dataclass(frozen=True, slots=True)
class Purse:
    one: Money
    other: Money


class Behind(FakeEventStore):
    """Reads a stream as it was `events` events ago."""

    events = 1

    async def read(self, stream: str) -> Sequence[Item]:
        items = await super().read(stream)
        return items[: len(items) - self.events]


async def test_a_missing_row_is_not_folded_from_a_stream_that_is_read_short() -> None:
    feed = Feed({"s": "NN"}, events=Behind())

    with pytest.raises(Transient):
        await feed.deliver(noted("NN")[1:])

    assert PLACE not in feed.rows.rows


async def test_a_row_too_large_before_its_poison_is_parked_with_it() -> None:
    feed = Feed({"s": "NNP"}, rows=(rows := Tight()))
    await feed.deliver(noted("N"))
    rows.room = len(str(dict(rows.rows[PLACE].item) | {"stale": STALE.to_item()}))

    await feed.deliver(noted("NNP")[1:])

    assert feed.row("s")["mark"] == 1
    assert feed.row("s")["stale"]
    assert feed.parked()["s"]["first"] == 2


async def test_a_row_that_has_no_room_to_say_that_it_is_stale_loses_its_body_until_its_release() -> None:
    feed = Feed({"s": "NNNN"}, rows=(rows := Tight()))
    await feed.deliver(noted("NN"))
    body = dict(rows.rows[PLACE].item) | {"seen": list(range(1000))}
    rows.rows[PLACE] = Stored(body, rows.rows[PLACE].etag)
    rows.room = len(str(body)) + 1

    await feed.deliver(noted("NNN")[2:], by=Project(Projection("notes", Notes, _blank)))

    assert feed.row("s")["body"] is False
    assert feed.row("s")["stale"]
    rows.room = 10_000
    await feed.deliver(noted("NNNN")[3:], by=Project(Projection("notes", Notes, _blank)))
    await feed.release("s")
    assert feed.whole()


async def test_a_release_that_finds_no_room_says_so_and_changes_nothing() -> None:
    feed = Feed({"s": "NPN"}, rows=(rows := Tight()))
    await feed.deliver(noted("NPN"))
    rows.room, before = len(str(rows.rows[PLACE].item)), dict(rows.rows)

    outcome = await feed.release("s")

    assert getattr(outcome, "reason", outcome) == "too_large"
    assert rows.rows == before


async def test_a_row_that_no_item_can_hold_is_parked_like_a_handler_that_raises() -> None:
    feed = Feed({"s": "NN"})

    await feed.deliver(noted("NN"), by=Project(Projection("notes", Purse, _two_currencies)))

    assert feed.parked()["s"]["reason"] == "handler_failed"
    assert feed.row("s")["mark"] == 1


async def test_a_stale_row_that_cannot_be_read_waits_for_its_release() -> None:
    feed = Feed({"s": "NPN"})
    await feed.deliver(noted("NP"))
    feed.rows.rows[PLACE] = replace(feed.rows.rows[PLACE], item=dict(feed.rows.rows[PLACE].item) | {"seen": "spoilt"})

    await feed.deliver(noted("NPN")[2:], version=1)

    assert feed.row("s")["stale"]
    assert feed.parked()["s"]["last"] == 3
    await feed.release("s")
    assert feed.whole()


async def test_a_row_that_cannot_be_read_is_replaced_even_if_its_view_has_no_use_for_any_event() -> None:
    feed = Feed({"s": "II"})
    await feed.rows.create("notes", Key("s", "s"), {"id": "s", "mark": 1, "seen": "spoilt"})

    await feed.deliver(noted("II"))

    assert feed.row("s")["body"] is False


async def test_behind_a_head_that_cannot_be_read_nothing_is_passed_by() -> None:
    feed = Feed({"s": "NPN"})
    await feed.deliver(noted("NP"))
    (place,) = [place for place in feed.rows.rows if place[0] == CONTAINER]
    feed.rows.rows[place] = replace(feed.rows.rows[place], item=dict(feed.rows.rows[place].item) | {"nonce": 7})

    await feed.deliver(noted("NPN")[2:])
    assert feed.watch.gap is None
    assert feed.row("s")["stale"]

    await feed.release_all()
    assert feed.whole()


def _blank(row: Notes | None, event: Recorded[Noted]) -> Notes:
    """A handler that asks for no order, for rows that were swollen by hand."""
    return Notes((*(row.seen if row else ()), event.sequence))


def _two_currencies(_: Purse | None, event: Recorded[Noted]) -> Purse:
    return Purse(Money(1, "USD"), Money(1, "EUR" if event.sequence == 2 else "USD"))
