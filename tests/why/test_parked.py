"""What is or was parked is shown with its cause, and with what follows from it."""

import json

from shared.kernel import Poison
from shared.pipeline import Lanes
from shared.subscriptions import CONSUMERS
from shared.why import Document, as_json, explain, flaws, of_order
from tests.orders import EPOCH
from tests.sagas.saga_world import CODEC, ORDER, SagaWorld
from tests.sagas.test_consumers import feed
from tests.why.documents import PLACED, cause_of, head
from tests.why.stored import whys


def test_what_is_parked_follows_from_the_event_that_does_not_pass_and_a_row_of_nothing_yet_from_that() -> None:
    stale = {"id": "o1", "customerId": "c", "mark": 0, "type": "CustomerOrder", "stale": {"lane": "n"}}
    parked, row = head("project_customer_orders", first=1, last=1), Document("customer-orders", stale)

    assert cause_of("parked:project_customer_orders", PLACED, parked, row) == "event:1"
    assert cause_of("row:customer-orders", PLACED, parked, row) == "parked:project_customer_orders"


def test_a_message_that_waits_came_from_a_carrier_and_its_lane_follows_from_the_first() -> None:
    parked = head("receive_carrier_events", first=1, last=2)
    place = {"lane": "receive_carrier_events:2:o1:o1", "type": "HeldMessage"}
    letters = [
        Document("poison", place | {"id": name, "number": number, "item": {"id": name}})
        for number, name in [(2, "0.a"), (1, "0.b")]
    ]

    graph = explain("o1", [PLACED, parked, *letters])

    assert list(flaws(graph, [PLACED, parked, *letters])) == []
    assert cause_of("parked:receive_carrier_events", PLACED, parked, *letters) == "waiting:0.b"
    assert {of_order(each) for each in [parked, *letters]} == {"o1"}


async def test_every_lane_of_an_order_is_found() -> None:
    world = SagaWorld()
    await world.begin()
    lanes = Lanes(world.rows, nonce=lambda: "n", now=lambda: EPOCH)
    first = CODEC.decode(feed(world)[0])
    for consumer in CONSUMERS:
        key = consumer.key(first)
        assert key
        await lanes.park(consumer.name, key, stream=ORDER, first=1, last=1, poison=Poison("suspect", ""))

    graph = await whys(world).of(ORDER)

    assert graph
    assert {node.facts["consumer"] for node in graph.nodes if node.kind == "parked"} == {
        each.name for each in CONSUMERS
    }


def test_a_lane_that_was_released_still_says_how_long_it_was_parked_and_for_whom_without_the_customer() -> None:
    lane = {"lane": "project_customer_orders:6:secret:o1"}
    parked = {"consumer": "project_customer_orders", "reason": "unreadable", "since": "2026-01-31T09:30:02.000000Z"}
    told = {"action": "replay", "who": "ada", "why": "mended", "subject": lane["lane"], "before": lane | parked}
    deed = Document("poison", lane | told | {"id": "deed-n", "type": "Deed", "after": {"outcome": "released"}})
    claim = Document("poison", lane | told | {"id": "claim", "type": "LaneClaim", "deed": "n2"})

    graph = explain("o1", [PLACED, deed, claim])

    expected = {"why": "mended", "subject": "project_customer_orders", "reason": "unreadable"}
    expected |= {"parkedSince": parked["since"]}
    facts = {node.id: dict(node.facts) for node in graph.nodes if node.kind == "deed"}
    assert facts == {"deed:n": expected | {"outcome": "released"}, "claim:n2": expected}
    assert "secret" not in json.dumps(as_json(graph))


def test_a_lane_that_was_closed_for_good_still_says_what_was_parked_and_until_when() -> None:
    closed = Document("poison", dict(head("project_order_board", first=1, last=2).item) | {
        "id": "closed-n", "type": "ClosedLane", "closedAt": "2026-01-31T10:00:00.000000Z"
    })  # fmt: skip

    graph = explain("o1", [PLACED, closed])

    assert list(flaws(graph, [PLACED, closed])) == []
    assert of_order(closed) == "o1"
    (parked,) = (node for node in graph.nodes if node.kind == "parked")
    assert (parked.cause, parked.facts["closedAt"]) == ("event:1", "2026-01-31T10:00:00.000000Z")


def test_a_lane_without_a_key_is_of_no_order() -> None:
    assert of_order(Document("poison", {"id": "deed-n", "lane": "publish_orders:raw:x", "type": "Deed"})) is None
