"""Customers hear of their orders once each, however often the feed says it; what cannot be sent waits in its lane."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.notify_customers import NAME, NEWS_FOR, TOLD, Notice, NotifyCustomers
from gateways.post import Folder, Smtp, mail
from orders.events import OrderDelivered, OrderEvent, OrderPlaced, OrderShipped, StockHeld
from shared.kernel import Key, Poison, Recorded, Transient
from shared.pipeline import Forward, OneByOne
from shared.pipeline.lanes import CONTAINER, HEAD, lane
from tests.gateways.mail_server import Mailbox, mail_server
from tests.orders import EPOCH, a_line, histories, recorded, usd
from tests.pipeline.worlds import World

NOTIFYING = Forward(NAME, TOLD)
PLACED, SHIPPED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=False, tracking_id="TRK1")
STREAM = recorded([PLACED, StockHeld(), SHIPPED, OrderDelivered()])
NOTICE = Notice("o1-000001", "ada@example.com", "We have your order o1", "Thank you.\n")


@dataclass
class Told:
    """Keeps what it is given, by name, as every notifier has to."""

    notices: dict[str, Notice] = field(default_factory=dict)

    async def notify(self, notice: Notice) -> None:
        assert self.notices.setdefault(notice.name, notice) == notice


async def address(order_id: str) -> str | None:
    return None if order_id == "unasked" else f"{order_id}@example.com"


def customers(told: Told | Folder | Smtp, *, now: datetime = EPOCH) -> NotifyCustomers:
    return NotifyCustomers(told, address, lambda: now)


async def deliver(world: World, customers: NotifyCustomers, batch: Sequence[Recorded[OrderEvent]]) -> None:
    world.outlets = {NAME: OneByOne(customers.hand_on)}
    await world.deliver_to(NOTIFYING, batch)


@given(histories, st.data())
async def test_any_split_and_repetition_tells_each_thing_once(
    happened: Sequence[OrderEvent], data: st.DataObject
) -> None:
    events, told = recorded(happened), Told()
    world = World(events)

    at = 0
    while at < len(events):
        begin, at = data.draw(st.integers(0, at)), at + data.draw(st.integers(1, 3))
        await deliver(world, customers(told), events[begin:at])

    assert list(told.notices) == [f"o1-{event.sequence:06d}" for event in events if type(event.body).__name__ in TOLD]


async def test_a_customer_hears_what_was_ordered_for_how_much_and_how_to_follow_the_parcel() -> None:
    told = Told()

    await deliver(World(STREAM), customers(told), STREAM)

    placed, shipped = told.notices.values()
    assert (placed.to, placed.subject) == ("o1@example.com", "We have your order o1")
    assert "2 x Tea, 5.00 USD" in placed.text
    assert "Total 5.00 USD" in placed.text
    assert "TRK1" in shipped.text


async def test_who_gave_no_address_is_not_told() -> None:
    told = Told()

    await deliver(World(STREAM), customers(told), recorded([PLACED], stream="unasked"))

    assert told.notices == {}


async def test_what_is_long_past_is_told_to_nobody() -> None:
    told = Told()
    late = EPOCH + NEWS_FOR + timedelta(seconds=1)

    await deliver(World(STREAM), customers(told, now=late), STREAM)

    assert told.notices == {}


async def test_a_folder_has_one_file_for_each_notice_and_the_same_one_the_second_time(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "outbox")
    await folder.notify(NOTICE)
    (file,) = folder.path.iterdir()
    once = file.read_bytes()

    await folder.notify(NOTICE)

    assert [each.name for each in folder.path.iterdir()] == ["o1-000001.eml"]
    assert file.read_bytes() == once
    read = message_from_bytes(once, policy=policy.default)
    assert (read["To"], read["Subject"]) == ("ada@example.com", "We have your order o1")


@pytest.mark.parametrize("address", ["=?utf-8?q?a=0A?=@x.com", "=?x?b??=@x.com", "=?utf-8?q?a?=@x.com"])
async def test_an_address_that_mail_reads_as_another_is_poison_and_stops_nobody_else(
    tmp_path: Path, address: str
) -> None:
    with pytest.raises(Poison) as refused:
        await Folder(tmp_path).notify(replace(NOTICE, to=address))

    assert refused.value.reason == "undeliverable"
    assert address not in str(refused.value)


async def test_a_folder_that_cannot_be_written_to_is_only_away(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")

    with pytest.raises(Transient):
        await Folder(tmp_path / "outbox").notify(NOTICE)


def test_a_mail_is_named_after_its_event_so_that_mail_systems_drop_a_second_one() -> None:
    assert mail(NOTICE, "shop@example.com")["Message-ID"] == "<o1-000001@example.com>"
    assert mail(NOTICE, "shop@example.com").as_bytes() == mail(NOTICE, "shop@example.com").as_bytes()


async def test_a_mail_server_gets_the_notice() -> None:
    with mail_server() as box:
        await Smtp(box.server).notify(NOTICE)

    (text,) = box.mails
    assert "To: ada@example.com" in text
    assert "Thank you." in text


@pytest.mark.parametrize(
    ("answers", "raised"),
    [
        ({"RCPT": "550 no such user"}, Poison),
        ({"RCPT": "450 busy, come again"}, Transient),
        ({"DATA": "554 not this"}, Poison),
        ({".": "452 no room"}, Transient),
        ({"MAIL": "550 who are you"}, Transient),
        ({"EHLO": "421 closing", "HELO": "421 closing"}, Transient),
    ],
    ids=str,
)
async def test_a_refused_recipient_or_text_is_poison_and_everything_else_passes(
    answers: dict[str, str], raised: type[Exception]
) -> None:
    with mail_server() as box:
        box.answers |= answers

        with pytest.raises(raised):
            await Smtp(box.server).notify(NOTICE)


async def test_a_mail_server_that_is_away_is_waited_for() -> None:
    with mail_server() as box:
        gone = box.server

    with pytest.raises(Transient):
        await deliver(World(STREAM), customers(Smtp(gone)), STREAM)


async def test_a_refused_recipient_parks_the_order_and_a_release_tells_what_waited() -> None:
    world = World(STREAM)
    with mail_server() as box:
        await refused_then_released(world, box)

    assert [mail.count("Message-ID") for mail in box.mails] == [1, 1]
    assert world.rows.rows == {}


async def refused_then_released(world: World, box: Mailbox) -> None:
    box.answers["RCPT"] = "550 no such user"
    await deliver(world, customers(Smtp(box.server)), STREAM)
    head = world.rows.rows[CONTAINER, Key(lane(NAME, Key("o1", "o1")), HEAD)].item
    assert (head["reason"], head["first"], head["last"]) == ("undeliverable", 1, 3)

    box.answers.clear()
    assert await NOTIFYING.release(Key("o1", "o1"), world.engine) == "released"
