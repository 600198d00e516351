"""An order's whole life is one connected graph of spans, whatever way its events take."""

from orders.commands import MoveOrder
from projections import PROJECTIONS, TALLIES
from tests.telemetry.hearing import Heard, hearing, place_of, reached, trace_of
from tests.telemetry.lives import Life

TRACE = "0af7651916cd43dd8448eb211c80319c"
BEGAN = f"00-{TRACE}-b7ad6b7169203331-01"
LEFT_OUT = f"00-{TRACE}-b7ad6b7169203331-00"


async def lived(heard: Heard, *, begins: str = BEGAN) -> Life:
    life = Life(heard.observer)
    with heard.observer.span("place_order", under=begins):
        await life.placed()
    await life.until_settled()
    return life


async def test_views_steps_gateways_and_publishing_are_in_the_trace_that_placed_the_order() -> None:
    with hearing() as heard:
        await lived(heard)

        mine = {span.name for span in heard.spans if trace_of(span) == int(TRACE, 16)}
    views = {*(f"project_{each.name}" for each in PROJECTIONS), *(f"tally_{each.name}" for each in TALLIES)}
    steps = {
        "ask hold_stock",
        "gateway HoldStock",
        "ask capture_payment",
        "gateway CapturePayment",
        "ask consume_stock",
    }
    shipping = {"ask book_shipment", "gateway BookShipment", "publish_orders", "publish", "advance_fulfilment"}
    assert {"place_order", "decide PlaceOrder", "decide Record"} | views | steps | shipping <= mine


async def test_every_span_of_an_orders_life_hangs_together() -> None:
    with hearing() as heard:
        life = await lived(heard)
        await life.asked(MoveOrder("delivered"))
        await life.until_settled()

        spans = [span for span in heard.spans if not (span.name.endswith(" batch") and not span.links)]
        known = {place_of(span) for span in spans} | {int(BEGAN.split("-")[2], 16)}
        batches = [span for span in spans if span.name.endswith(" batch")]
    assert len(reached(spans, int(TRACE, 16))) == len(spans)
    assert all(span.parent is None or span.parent.span_id in known for span in spans)
    assert all(len({link.context.trace_id for link in batch.links}) == len(batch.links) <= 32 for batch in batches)


async def test_an_event_carries_the_place_where_it_was_decided() -> None:
    with hearing() as heard:
        life = await lived(heard)

        decided = {f"{place_of(span):016x}" for span in heard.spans if span.name.startswith("decide ")}
    places = [str(item["traceparent"]).split("-") for item in life.feed()]
    assert {trace for _, trace, _, _ in places} == {TRACE}
    assert {span for _, _, span, _ in places} <= decided
    assert all(
        str(stored.item["traceparent"])[3:35] == TRACE for (at, _), stored in life.rows.rows.items() if at == "sagas"
    )


async def test_a_redelivery_joins_the_same_trace_and_adds_no_second_life() -> None:
    with hearing() as heard:
        life = await lived(heard)
        events, gateways = len(life.feed()), [span.name for span in heard.spans if span.name.startswith("gateway ")]
        heard.exported.clear()

        await life.delivered(attempt=2)

        again = heard.named("project_customer_orders")
        assert {trace_of(span) for span in again} == {int(TRACE, 16)}
        assert [(span.attributes or {})["orderflow.outcome"] for span in again] == ["skipped"]
        assert [span.name for span in heard.spans if span.name.startswith("gateway ")] == []
    assert len(life.feed()) == events
    assert gateways


async def test_what_was_left_out_at_the_door_is_left_out_everywhere_and_still_known_by_its_trace() -> None:
    with hearing() as heard:
        life = await lived(heard, begins=LEFT_OUT)

        names = {span.name for span in heard.spans}
    assert all(name.endswith(" batch") for name in names)
    assert {str(item["traceparent"])[3:35] for item in life.feed()} == {TRACE}
    assert {str(item["traceparent"])[-2:] for item in life.feed()} == {"00"}


async def test_a_batch_of_many_traces_has_bounded_links_and_a_span_for_each_key() -> None:
    with hearing() as heard:
        life = Life(heard.observer)
        for number in range(40):
            with heard.observer.span("place_order", under=f"00-{number + 1:032x}-b7ad6b7169203331-01"):
                await life.placed(f"o{number}")
        heard.exported.clear()

        await life.given(life.consumers[0], life.feed())

        (batch,) = heard.named(f"{life.consumers[0].name} batch")
        keys = heard.named(life.consumers[0].name)
    assert len(batch.links) == 32
    assert {trace_of(span) for span in keys} == set(range(1, 41))
    assert all(span.links[0].context.span_id == place_of(batch) for span in keys)


async def test_an_order_lives_the_same_whether_anybody_listens_or_not() -> None:
    with hearing() as heard:
        told = await lived(heard)
    silent = Life()
    await silent.placed()
    await silent.until_settled()

    assert [_without_trace(item) for item in told.feed()] == [_without_trace(item) for item in silent.feed()]


def _without_trace(item: object) -> object:
    return {name: value for name, value in dict(item).items() if name not in {"traceparent", "causationId"}}  # type: ignore[call-overload]  # an item
