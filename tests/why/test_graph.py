"""What is damaged, parked, of an earlier deployment or not known is shown as what it is."""

import json
from dataclasses import replace
from typing import Any

import pytest

from sagas.fulfilment import fulfilment
from shared.kernel import Key
from shared.lag import Measurement
from shared.lag.estimate import Cost, FeedLag
from shared.ports import Stored
from shared.why import Document, HandedOn, as_json, as_mermaid, explain, flaws, of_order
from tests.sagas.saga_world import ORDER, SagaWorld
from tests.sagas.test_consumers import feed
from tests.sagas.test_stored import STORED
from tests.why.documents import PLACED, TRACE, event, head
from tests.why.stored import Everything, seen_by_views, whys


def test_who_asked_for_an_event_is_read_from_its_causation_id() -> None:
    others = [event(2, "OrderDelivered", "carrier:delivered:e1"), event(3, "PaymentCaptured", "webhook:7")]

    graph = explain("o1", [PLACED, *others])

    assert [(node.id, node.kind) for node in graph.nodes if node.cause is None] == [
        ("http:1", "request"),
        ("carrier:delivered:e1", "carrier"),
        ("webhook:7", "provider"),
    ]
    assert list(flaws(graph, [PLACED, *others])) == []


@pytest.mark.parametrize("causation", ["", "nobody", "somebody:else", "fulfilment:hold_stock:1:n"])
def test_a_cause_that_nobody_knows_is_said_to_be_unknown(causation: str) -> None:
    stray = event(2, "OrderCancelled", causation)

    graph = explain("o1", [PLACED, stray])

    assert graph.nodes[-2].kind == "unknown"
    assert list(flaws(graph, [PLACED, stray])) == ["unknown:event:2 has no known cause", "event:2 has no known cause"]


def test_a_document_of_a_kind_that_nobody_has_told_of_is_shown_without_a_cause() -> None:
    stray = Document("orders", {"id": "novelty", "orderId": "o1", "type": "Novelty"})

    assert list(flaws(explain("o1", [PLACED, stray]), [PLACED, stray]))


def test_a_document_that_is_not_shown_is_missed_and_one_that_is_not_stored_too_much() -> None:
    graph, other = explain("o1", [PLACED]), event(2, "OrderCancelled", "http:2")

    assert list(flaws(graph, [PLACED, other])) == ["('orders', 'o1', '000002') is stored 1 times and shown 0 times"]
    assert list(flaws(graph, [])) == ["('orders', 'o1', '000001') is stored 0 times and shown 1 times"]


def test_causes_that_lead_back_to_themselves_are_seen() -> None:
    graph = explain("o1", [PLACED])
    circular = replace(graph, nodes=tuple(replace(node, cause="event:1") for node in graph.nodes))

    assert len(list(flaws(circular, [PLACED]))) == 2


def test_the_trace_of_the_request_goes_with_everything_that_has_none_of_its_own() -> None:
    row = Document("customer-orders", {"id": "o1", "customerId": "c", "mark": 1, "type": "CustomerOrder"})
    other = event(2, "OrderCancelled", "http:2")

    nodes = {node.id: node.trace for node in explain("o1", [PLACED, row, other]).nodes}

    assert nodes["row:customer-orders"] == nodes["http:1"] == TRACE[3:35]
    assert nodes["event:2"] == ""


@pytest.mark.parametrize(
    ("passed", "heads", "fate"),
    [
        (None, [], "unknown"),
        ("2026-01-31T09:30:01.000000Z", [], "unknown"),
        ("2026-01-31T09:30:02.000000Z", [], "handed on"),
        ("2026-01-31T09:30:02.000000Z", [head("publish_orders", first=1, last=3)], "parked"),
    ],
)
def test_that_a_message_has_left_is_said_only_where_its_consumer_is_past_it(
    passed: str | None, heads: list[Document], fate: str
) -> None:
    graph = explain("o1", [PLACED, *heads], [HandedOn("publish_orders", passed=passed)])

    (message,) = (node for node in graph.nodes if node.kind == "message")
    assert (message.cause, message.facts["fate"]) == ("event:1", fate)


def test_a_customer_without_an_address_was_told_nothing() -> None:
    told = HandedOn("notify_customers", ("OrderPlaced",), to_customers=True)
    private = Document("orders", {"id": "private", "orderId": "o1", "type": "OrderPrivate", "email": "a@b.c"})

    assert not [node for node in explain("o1", [PLACED], [told]).nodes if node.kind == "message"]
    shown = json.dumps(as_json(explain("o1", [PLACED, private], [told])))
    assert "message:notify_customers:1" in shown
    assert "a@b.c" not in shown


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
async def test_what_an_earlier_deployment_stored_leads_to_its_saga_where_more_is_not_known(path: Any) -> None:  # noqa: ANN401
    stored = json.loads(path.read_text())
    world = SagaWorld()
    world.events.streams[ORDER] = {each["id"]: each for each in stored["events"]}
    world.rows.rows["sagas", Key(ORDER, "fulfilment")] = Stored(stored["saga"], etag="as stored")

    graph = await whys(world).of(ORDER)

    assert graph
    told = [each for each in stored["events"] if each["causationId"].partition(":")[0] in {"http", "fulfilment"}]
    caused = {
        node.id for node in graph.nodes if node.kind == "event" and (node.cause or "").partition(":")[0] != "unknown"
    }
    assert len(caused) == len(told)


async def test_an_order_that_was_never_placed_has_no_graph() -> None:
    assert await whys(SagaWorld()).of("nobody") is None


async def test_an_order_whose_first_event_cannot_be_read_is_shown_as_far_as_it_can_be_found() -> None:
    world = SagaWorld()
    await world.begin()
    world.events.streams[ORDER]["000001"] = dict(feed(world)[0]) | {"data": None, "sequence": "one"}
    await seen_by_views(world)

    graph = await whys(world).of(ORDER)

    assert graph
    assert [node.id for node in graph.nodes if node.document] == ["event:1"]


async def test_a_measurement_says_what_has_left_and_nothing_where_a_part_is_unknown() -> None:
    world = SagaWorld()
    await world.begin()
    late = world.now.replace(hour=23)

    async def fates(**lag: Any) -> set[object]:  # noqa: ANN401 - fields of a lag
        feed_lag = FeedLag("publish_orders", "orders", 4, 4, 0, **lag)

        async def measured() -> Measurement | None:
            return Measurement(late, (feed_lag,), {}, Cost(0, 0, 0))

        found = replace(whys(world), measured=measured)
        graph = await found.of(ORDER)
        return {node.facts["fate"] for node in graph.nodes if node.kind == "message"} if graph else set()

    assert await fates(seconds=0.0) == {"handed on"}
    assert await fates(seconds=0.0, unknown=1) == {"unknown"}
    assert await fates(seconds=None) == {"unknown"}
    assert await fates(seconds=24 * 3600.0) == {"unknown"}


async def test_every_book_is_brought_to_its_state_by_an_ask_of_the_saga() -> None:
    world = SagaWorld()
    await world.begin()
    await world.touch()
    named = {step.act(ORDER, await world.state()).name for step in fulfilment.steps} | {"consume_stock"}

    by = {each.text("by") for each in Everything(world).documents() if "state" in each.item}

    assert by <= named
    assert "" not in by


def test_what_a_person_did_leads_to_what_the_saga_did_then() -> None:
    deed = {"id": "deed-n1", "orderId": "o1", "type": "Deed", "action": "compensate", "who": "ada", "why": "asked"}
    phases = [
        {"phase": "hold_stock", "at": "1", "cause": "event:1"},
        {"phase": "closing", "at": "2", "cause": "deed:n1"},
    ]
    asked = [{"name": "cancel_order", "since": "2", "attempts": 1, "cause": "phase:closing"}]
    saga = {"id": "fulfilment", "orderId": "o1", "type": "Saga", "entered": phases, "asked": asked}
    cancelled = event(2, "OrderCancelled", "fulfilment:cancel_order:1:n2")
    claim = {
        "id": "claim",
        "lane": "publish_orders:2:o1:o1",
        "type": "LaneClaim",
        "deed": "n3",
        "action": "replay",
        "who": "bob",
    }
    documents = [PLACED, cancelled, Document("poison", claim), *(Document("sagas", each) for each in (deed, saga))]

    graph = explain("o1", documents)

    assert list(flaws(graph, documents)) == []
    assert {of_order(each) for each in documents} == {"o1"}
    causes = {node.id: node.cause for node in graph.nodes}
    assert causes["fulfilment:phase:closing"] == "deed:n1"
    assert causes["deed:n1"] == "operator:ada"
    assert causes["claim:n3"] == "operator:bob"


def test_a_flowchart_has_every_node_and_every_cause() -> None:
    graph = explain("o1", [PLACED, event(2, "OrderCancelled", "http:2")])

    lines = as_mermaid(graph).splitlines()

    assert lines[0] == "flowchart TD"
    assert sum("-->" in line for line in lines) == sum(node.cause is not None for node in graph.nodes)
    assert len(lines) == 1 + len(graph.nodes) + 2
