"""A customer is forgotten for good: what was kept beside the events goes, however often it is begun again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways import scans
from orders.commands import ForgetCustomer, MoveOrder, PlaceOrder
from orders.decider import order
from projections.customer_orders import customer_orders
from projections.order_board import order_board
from shared.kernel import Key, Poison, Recorded
from shared.kernel.traces import Traces
from shared.pipeline import Cause, Erase, Held, Lanes, Parked, Transactor
from shared.pipeline.erase import Erasure
from shared.ports import Item, Stored
from tests.fakes import FakeBatches, FakeRows, Fate, Killed
from tests.orders import EPOCH, a_line
from tests.pipeline.worlds import CODEC, World, place

ADDRESS, EMAIL, TOKEN = "Große Straße 7\n10117 Berlin", "ada.l@example.com", "tok_adas_own"
BOBS = {"shippingAddress": "Elsewhere 1", "email": "bob@example.com"}
PLANTED = (ADDRESS, EMAIL, TOKEN, "Große Straße", "10117")

PLANTED_TRACES = Traces(frozenset(), frozenset((*PLANTED, *BOBS.values())))


@dataclass
class Shop:
    """Orders and everything else in one set of rows, as in one account; `die_at` ends the process at that operation."""

    rows: FakeRows = field(default_factory=FakeRows)
    told: dict[str, int] = field(default_factory=dict)
    causes: int = 0

    async def read(self, stream: str) -> Sequence[Item]:
        self.rows.fate.meet(lambda: None)
        found = [
            stored.item for (held, key), stored in self.rows.rows.items() if (held, key.partition) == ("orders", stream)
        ]
        return sorted((item for item in found if "sequence" in item), key=lambda item: str(item["id"]))

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        await self.rows.create("orders", Key(stream, str(items[0]["id"])), items[0])
        for item in items[1:]:
            self.rows.rows["orders", Key(stream, str(item["id"]))] = Stored(item, "beside")

    async def everything(self, container: str) -> AsyncIterator[Item]:
        for (held, _), stored in list(self.rows.rows.items()):
            if held == container:
                yield stored.item

    @property
    def orders(self) -> Transactor[Any, Any, Any]:
        return Transactor(order, CODEC, self, now=lambda: EPOCH)

    @property
    def lanes(self) -> Lanes:
        return Lanes(self.rows, nonce=lambda: "n", now=lambda: EPOCH)

    async def place(self, stream: str, customer: str = "ada", *, status: str = "shipped") -> None:
        own = {"shippingAddress": ADDRESS, "email": EMAIL, "paymentToken": TOKEN} if customer == "ada" else BOBS
        private = {"id": "private", "orderId": stream, **own}
        await self.orders.open(
            stream, PlaceOrder((a_line(),)), cause=self.cause(), customer_id=customer, beside=[private]
        )
        if status != "pending":
            await self.orders.run(stream, MoveOrder("shipped"), cause=self.cause())
        self.told[stream] = 1

    async def park(self, stream: str, address: str = ADDRESS, email: str = EMAIL) -> None:
        """A carrier's message with more in it than is read, and one that nobody can read."""
        held = Held(FakeBatches(self.rows), self.rows, FakeBatches(self.rows))
        head = self.lanes.new(
            scans.RECEIVER, Key(stream, stream), stream=stream, first=1, last=0, poison=Poison("suspect", "x")
        )
        await held.keep(head, [{"id": "1.1.a", "partition": "1", "sequence": 1, "body": said(stream, note=address)}])
        raw = {"id": "1.2.b", "sequence": 2, "body": f'{{"order": "{stream}", "to": "{email}"', "_rid": f"r-{stream}"}
        await self.lanes.park_raw(scans.RECEIVER, raw, Poison("unreadable_message", "not JSON"))
        original = {"id": "000002", "orderId": stream, "data": {"note": address}}
        deed = {"id": "deed-1", "type": "Deed", "who": "x", "before": {"item": original}, "after": {"to": email}}
        await self.rows.create(
            "poison", Key(f"publish_orders:{stream}", "deed-1"), {**deed, "lane": f"publish_orders:{stream}"}
        )
        await self.rows.create("orders", Key(stream, "deed-1"), {**deed, "orderId": stream})

    async def forget_notices(self, stream: str) -> int:
        return self.told.pop(stream, 0)

    def cause(self) -> Cause:
        self.causes += 1
        return Cause(f"test:{self.causes}", "ticket")

    async def forget(self, customer: str = "ada") -> Erasure:
        erase = Erase(
            self,
            self.orders,
            self.rows,
            Parked(self, self.rows, {scans.RECEIVER: scans.bare}),
            command=ForgetCustomer(),
            said=("shippingAddress", "email"),
            notices=self.forget_notices,
        )
        return await erase.forget(customer, cause=self.cause())

    def mentions(self, *streams: str) -> list[str]:
        """Where anything planted is still to be found of these orders."""
        return [
            f"{container} {key.partition} {key.id}"
            for (container, key), stored in self.rows.rows.items()
            if PLANTED_TRACES.are_in(stored.item) and any(stream in str(stored.item) for stream in streams)
        ]


def said(stream: str, **more: str) -> str:
    scan = {"orderId": stream, "eventId": "e1", "trackingId": "TRK1", "kind": "delivered", "at": "2026-01-31T09:30:00Z"}
    return orjson.dumps(scan | more).decode()


async def a_shop() -> Shop:
    shop = Shop()
    await shop.place("o1")
    await shop.place("o2")
    await shop.place("o3", "bob")
    await shop.park("o1")
    await shop.park("o3", BOBS["shippingAddress"], BOBS["email"])
    return shop


async def test_nothing_that_a_customer_has_said_is_left_anywhere_and_others_keep_theirs() -> None:
    shop = await a_shop()
    others = shop.mentions("o3")

    done = await shop.forget()

    assert [(each.order, each.outcome, each.private, each.notices) for each in done.orders] == [
        ("o1", "erased", 1, 1),
        ("o2", "erased", 1, 1),
    ]
    assert done.parked == 4
    assert shop.mentions("o1", "o2") == []
    assert shop.mentions("o3") == others != []
    assert [item["type"] for item in await shop.read("o1")][-1] == "CustomerForgotten"


async def test_a_message_that_waits_can_still_be_applied() -> None:
    shop = await a_shop()

    await shop.forget()

    letter = shop.rows.rows["poison", Key(f"{scans.RECEIVER}:2:o1:o1", "1.1.a")].item["item"]
    assert isinstance(letter, dict)
    assert scans.scan(letter["body"]) == scans.scan(said("o1"))


async def test_again_changes_nothing_more() -> None:
    shop = await a_shop()
    await shop.forget()
    before = dict(shop.rows.rows)

    done = await shop.forget()

    assert shop.rows.rows == before
    assert [(each.outcome, each.private, each.notices) for each in done.orders] == [("erased", 0, 0)] * 2
    assert done.parked == 0


@pytest.mark.parametrize("after_effect", [False, True])
async def test_whoever_dies_at_any_operation_is_followed_by_one_who_ends_it(after_effect: bool) -> None:
    at = 0
    while True:
        at += 1
        shop = await a_shop()
        shop.rows.fate = Fate(die_at=at, after_effect=after_effect)
        try:
            await shop.forget()
        except* Killed:
            shop.rows.fate = Fate()
            await shop.forget()
        else:
            break

        assert shop.mentions("o1", "o2") == [], at
        assert [item["type"] for item in await shop.read("o1")].count("CustomerForgotten") == 1, at
        assert shop.told == {"o3": 1}, at
    assert at > 10


async def test_an_order_under_way_keeps_what_it_needs_and_says_so() -> None:
    shop = Shop()
    await shop.place("o1")
    await shop.place("o4", status="pending")

    done = await shop.forget()

    assert {each.order: each.outcome for each in done.orders} == {"o1": "erased", "o4": "under way"}
    assert ("orders", Key("o4", "private")) in shop.rows.rows
    await shop.orders.run("o4", MoveOrder("cancelled"), cause=shop.cause())
    assert {each.order: each.outcome for each in (await shop.forget()).orders} == {"o1": "erased", "o4": "erased"}
    assert shop.mentions("o1", "o4") == []


async def test_an_order_placed_meanwhile_is_a_new_one_and_brings_nothing_back() -> None:
    shop = Shop()
    await shop.place("o1")

    await asyncio.gather(shop.forget(), shop.place("o5"))

    assert shop.mentions("o1") == []
    assert ("orders", Key("o5", "private")) in shop.rows.rows


async def test_an_order_that_cannot_be_read_is_left_whole_and_named() -> None:
    shop = Shop()
    await shop.place("o1")
    stored = shop.rows.rows["orders", Key("o1", "000002")]
    shop.rows.rows["orders", Key("o1", "000002")] = Stored({**stored.item, "schemaVersion": 9}, "x")

    (failed,) = (await shop.forget()).orders

    assert (failed.outcome, failed.private) == ("failed", 0)
    assert "unknown_version" in failed.detail


def events_of(shop: Shop) -> list[Recorded[Any]]:
    items = [each.item for (held, _), each in shop.rows.rows.items() if held == "orders" and "sequence" in each.item]
    return [CODEC.decode(item) for item in items]


@given(st.data())
async def test_no_page_however_late_brings_a_row_back(data: st.DataObject) -> None:
    shop = Shop()
    await shop.place("o1")
    before = events_of(shop)
    await shop.forget()
    await shop.orders.run("o1", MoveOrder("delivered"), cause=shop.cause())
    everything = events_of(shop)
    views = [World(everything), World(everything, projection=order_board)]

    for world in views:
        await world.deliver(everything)
        for page in data.draw(st.lists(st.lists(st.sampled_from(everything), max_size=4), max_size=3)):
            await world.deliver(page)
        await world.deliver(before)

    rows = views[0].rows.rows
    assert rows[place("o1", "ada")].item.get("body") is False
    board = [each.item for (held, _), each in views[1].rows.rows.items() if held == order_board.container]
    assert [(row["customerId"], row["status"]) for row in board] == [("", "delivered")]
    assert not any("customerId" in each.item for (held, _), each in rows.items() if held != customer_orders.container)


@pytest.mark.parametrize(
    ("value", "is_found"),
    [
        ({"body": '{"orderId": "o1"}'}, True),
        ({"body": "o10 o1x x:o1"}, False),
        ({"deep": [{"er": "Gro\\u00dfe Stra\\u00dfe 7\\n10117 Berlin"}]}, True),
        ({"base64": "Yf8gYWRhLmxAZXhhbXBsZS5jb20="}, True),
        ({"ada.l@example.com": 1}, True),
        ({"body": 1, "other": None}, False),
    ],
    ids=str,
)
def test_somebody_is_found_by_whole_names_and_by_what_they_said(value: Any, is_found: bool) -> None:  # noqa: ANN401
    assert Traces(frozenset({"o1"}), frozenset({ADDRESS, EMAIL})).are_in(value) is is_found
