"""Lines of the log: what they say beside their message, and what they never say."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import hypothesis.strategies as st
import pytest
from hypothesis import given

from api.requests import NewOrder
from orders.events import OrderPlaced, StockHeld
from shared.kernel import Key, Money, Recorded, Transient
from shared.kernel.personal import MASK, PERSONAL, Shown, masked
from shared.observer import invocation_id
from shared.pipeline.lanes import lane, named
from shared.settings import CosmosConnection
from tests.sagas.saga_world import CODEC, LINES
from tests.telemetry.hearing import hearing
from tests.telemetry.lives import Life

CANARY = "canary-7f3a9"
log = logging.getLogger("orderflow.tests")


@dataclass(frozen=True)
class Deep:
    """A field that says of itself that it is nobody's business."""

    mine: Annotated[str, PERSONAL]
    maybe: Annotated[str, PERSONAL] | None = None
    inner: object = None


@given(
    st.recursive(
        st.builds(Deep, st.just(CANARY), st.just(CANARY)),
        lambda each: st.builds(Deep, st.just(CANARY), st.none(), each | st.lists(each, max_size=3) | st.tuples(each)),
        max_leaves=8,
    )
)
def test_a_marked_field_is_masked_however_deep_it_is(value: Deep) -> None:
    assert CANARY not in str(masked(value))
    assert MASK in str(masked(value))


@given(st.dictionaries(st.text(), st.just(CANARY), min_size=1))
def test_a_document_is_never_shown(document: dict[str, str]) -> None:
    assert masked(document) == f"{len(document)} fields"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Recorded(StockHeld(), "o1", CANARY, 1, datetime(2026, 1, 31, tzinfo=UTC)), "o1"),
        (
            NewOrder.model_validate_json(
                f'{{"customerId":"{CANARY}","items":[{{"productId":"tea","productName":"Tea","quantity":1,"unitPrice":1}}],"shippingAddress":"{CANARY}"}}'
            ),
            "tea",
        ),
        (CosmosConnection("https://here/", CANARY), "https://here/"),
    ],
    ids=["event", "request", "setting"],
)
def test_our_own_types_say_what_is_nobodys_business(value: object, shown: str) -> None:
    assert CANARY not in str(masked(value))
    assert shown in str(masked(value))


def test_a_value_in_a_line_is_masked_wherever_it_stands() -> None:
    with hearing() as heard:
        log.warning("met %s and %d", Deep(CANARY), 3, extra={"value": Deep(CANARY), "item": {"name": CANARY}})

        (line,) = heard.lines.get_finished_logs()
    attributes = dict(line.log_record.attributes or {})
    assert "3" in str(line.log_record.body)
    assert attributes["item"] == "1 fields"
    assert CANARY not in line.to_json()


def test_a_line_belongs_to_the_run_and_the_span_it_was_written_in() -> None:
    run = invocation_id.set("run-1")
    with hearing() as heard, heard.observer.span("work"):
        log.warning("here")
        place = heard.observer.traceparent()
        (line,) = heard.lines.get_finished_logs()
    invocation_id.reset(run)

    assert (line.log_record.attributes or {})["invocation_id"] == "run-1"
    assert f"{line.log_record.trace_id:032x}" == place[3:35]


def test_an_exception_is_told_by_its_places_and_only_our_own_by_their_words() -> None:
    with hearing() as heard:
        try:
            try:
                dict[str, str]()[CANARY]
            except KeyError as cause:
                raise Transient("the store is away") from cause
        except Transient:
            log.exception("ended")

        (line,) = heard.lines.get_finished_logs()
    stack = str((line.log_record.attributes or {})["exception.stacktrace"])
    assert "Transient: the store is away" in stack
    assert "KeyError\n" in stack
    assert "test_lines.py" in stack
    assert CANARY not in stack


@given(st.text(), st.from_regex(r"[0-9a-z-]+", fullmatch=True))
def test_a_lane_is_named_by_its_consumer_and_its_row_whatever_its_partition_is(partition: str, row: str) -> None:
    assert named(lane("project_customer_orders", Key(partition, row))) == f"project_customer_orders: the lane of {row}"


async def test_what_is_applied_is_counted_and_what_is_not_has_a_line_of_its_own() -> None:
    with hearing() as heard:
        life = Life(heard.observer)
        await life.placed("whole")
        await life.placed("broken")
        items = [dict(item) for item in life.feed()]
        items[-1]["data"] = {"lines": CANARY}

        await life.given(life.consumers[0], items, attempt=2)

        (parked, batch) = [dict(each.log_record.attributes or {}) for each in heard.lines.get_finished_logs()]
    facts: dict[str, Shown] = {"consumer": "project_customer_orders", "key": "broken", "first": 1, "last": 1}
    assert parked | facts | {"outcome": "parked", "attempt": 2, "ru": parked["ru"]} == parked
    assert (batch["applied"], batch["parked"], batch["size"]) == (1, 1, 2)


async def test_what_somebody_planted_is_in_no_line_span_figure_or_poison_record() -> None:
    with hearing() as heard:
        life = Life(heard.observer, token="tok_declined")  # noqa: S106 - what the sandbox takes for a card
        await life.placed("o1", customer=CANARY)
        private = {"id": "private", "orderId": "o1", "shippingAddress": CANARY, "paymentToken": f"tok_{CANARY}"}
        body = OrderPlaced(LINES, Money(1, "USD"), fingerprint=CANARY)
        item = CODEC.encode(Recorded(body, "o2", CANARY, 1, life.now))
        broken = [private, item | {"data": {"lines": CANARY, "total": CANARY}}, item | {"sequence": CANARY}]

        await life.until_settled()
        for consumer in life.consumers:
            await life.given(consumer, [*broken, *life.feed()], attempt=2)

        said = heard.everything()
        heads = [stored.item for (place, _), stored in life.rows.rows.items() if place == "poison"]
    assert "parked" in said
    assert CANARY not in said
    assert [head for head in heads if head["type"] == "LaneHead"]
    assert not any(CANARY in str(head["reason"]) + str(head["detail"]) for head in heads)
    assert not any("paymentToken" in str(head) or "shippingAddress" in str(head) for head in heads)
