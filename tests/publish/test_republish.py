"""What is sent once more is what was published, in the order of each stream, and says that it is a replay."""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.events import OrderDelivered, OrderEvent, OrderPlaced, OrderShipped
from orders.publication import ORDER_PUBLICATION
from shared.kernel import Recorded, Transient
from shared.pipeline import CloudEvents, Publish, Republish
from shared.pipeline.freshness import Freshness
from shared.pipeline.republish import Sent, Wanted
from shared.ports import Item, LeasePosition
from tests.orders import EPOCH, a_line, recorded, usd
from tests.pipeline.worlds import CODEC
from tests.publish.hubs import FakeHub

STREAMS = [
    recorded([OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True), OrderDelivered()], stream=f"o{number}")
    for number in range(4)
]
AGAIN = CloudEvents(ORDER_PUBLICATION, is_replay=True)
EVERYTHING = Wanted(EPOCH, EPOCH + timedelta(days=1))


@dataclass
class History:
    """The container's items as a sweep gives them, and what publishing has parked."""

    items: Sequence[Item]
    heads: Sequence[Item] = ()
    hub: FakeHub = field(default_factory=FakeHub)
    behind: int = 0

    async def everything(self, container: str) -> AsyncIterator[Item]:
        assert container == "orders"
        for item in self.items:
            yield item

    async def parked(self) -> Sequence[Item]:
        return self.heads

    async def count(self, consumer: str) -> int:
        return sum(head["consumer"] == consumer for head in self.heads)

    async def positions(self, consumer: str, container: str) -> Sequence[LeasePosition]:
        assert (consumer, container) == ("publish_orders", "orders")
        return [LeasePosition("0", owned=True, position="1", behind=self.behind)]

    async def sent(self, wanted: Wanted) -> Sent:
        clock = count()
        freshness = Freshness(self, lambda: float(next(clock)), sleep=_at_once)
        again = Republish(CODEC, self, Publish(AGAIN, self.hub), self, "publish_orders", freshness)
        return await again.send("orders", wanted)


async def _at_once(_: float) -> None:
    pass


def items(events: Sequence[Recorded[OrderEvent]]) -> list[Item]:
    return [CODEC.encode(event) for event in events]


@given(st.integers(0, 2**32).map(random.Random))
async def test_every_stream_comes_again_in_its_order_however_they_lie_among_each_other(chance: random.Random) -> None:
    left, mixed = [list(items(events)) for events in STREAMS], list[Item]()
    while any(left):
        mixed.append(chance.choice([each for each in left if each]).pop(0))
    history = History([*mixed, {"id": "private", "orderId": "o1"}])

    sent = await history.sent(EVERYTHING)

    assert (sent.events, len(sent.streams), sent.stuck) == (12, 4, {})
    for number in range(4):
        assert history.hub.of(f"o{number}") == [f"o{number}:{sequence:06d}" for sequence in (1, 2, 3)]
    assert all(event["replay"] is True for _, event in history.hub.taken)


async def test_only_what_is_asked_for_comes_again() -> None:
    history = History(items(STREAMS[0]))
    first, second = (event.at for event in STREAMS[0][:2])

    await history.sent(Wanted(first, second))
    await history.sent(Wanted(first, EPOCH + timedelta(days=1), frozenset({"OrderDelivered"})))

    assert history.hub.ids == ["o0:000001", "o0:000003"]


async def test_what_was_not_published_yet_does_not_come_from_here() -> None:
    head = {"consumer": "publish_orders", "stream": "o0", "first": 2, "last": 3}
    others = {"consumer": "tally_daily_sales", "stream": "o1", "first": 1, "last": 3}
    history = History(items([*STREAMS[0], *STREAMS[1]]), [head, others])

    await history.sent(EVERYTHING)

    assert (history.hub.of("o0"), len(history.hub.of("o1"))) == (["o0:000001"], 3)


async def test_what_may_not_have_been_published_yet_does_not_come_from_here() -> None:
    history = History(items(STREAMS[0]), behind=1)

    with pytest.raises(Transient, match="behind"):
        await history.sent(EVERYTHING)

    assert not history.hub.taken


async def test_what_was_written_while_history_was_read_waits_for_its_own_feed_too() -> None:
    class Late(History):
        async def everything(self, container: str) -> AsyncIterator[Item]:
            async for item in super().everything(container):
                yield item
            self.behind = 1

    history = Late(items(STREAMS[0]))

    with pytest.raises(Transient, match="behind"):
        await history.sent(EVERYTHING)

    assert not history.hub.taken


async def test_an_event_that_cannot_go_keeps_those_behind_it_back_and_is_named() -> None:
    broken = {**CODEC.encode(STREAMS[0][1]), "data": {"by_hand": "perhaps"}}
    history = History([items(STREAMS[0])[0], broken, items(STREAMS[0])[2], *items(STREAMS[1])])
    history.hub.refuses = lambda event: event["id"] == "o1:000003"

    sent = await history.sent(EVERYTHING)

    assert history.hub.ids == ["o0:000001", "o1:000001", "o1:000002"]
    assert (sent.events, set(sent.stuck)) == (3, {"o0", "o1"})


async def test_a_hub_that_is_away_says_so() -> None:
    with pytest.raises(Transient):
        await History(items(STREAMS[0]), hub=FakeHub("refuses")).sent(EVERYTHING)
