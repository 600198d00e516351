"""Items and values: what is written comes back; what cannot be read still says whose it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.events import ORDER_EVENTS, Line, OrderEvent, OrderPlaced
from projections.customer_orders import CustomerOrder
from shared.kernel import Money, Poison, Unreadable
from shared.pipeline.batch import changes
from shared.pipeline.codec import MAX_EVENT_BYTES, EventCodec, RowCodec, is_event
from shared.pipeline.naming import flatten_money, restore_money
from shared.ports import Item
from tests.orders import EPOCH, a_line, histories, lines, recorded, usd

codec: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
PLACED = OrderPlaced((a_line(),), usd(500))


@given(histories)
def test_events_come_back_as_they_were(happened: tuple[OrderEvent, ...]) -> None:
    events = recorded(happened)

    assert tuple(codec.decode(codec.encode(event)) for event in events) == events


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.lists(st.none(), max_size=1),
    st.sampled_from(["1", "OrderPlaced", "2026-01-31T10:30:00+01:00", "2026-01-31T09:30:00", {}, {"amount": 1}, 1.0]),
)  # fmt: skip


@given(histories, st.data())
def test_an_item_is_read_alike_in_one_step_and_by_parts(
    happened: tuple[OrderEvent, ...], chosen: st.DataObject
) -> None:
    item = codec.encode(chosen.draw(st.sampled_from(recorded(happened))))
    name, what = chosen.draw(st.sampled_from(sorted(item))), chosen.draw(ANYTHING)
    changed = chosen.draw(st.sampled_from([item | {name: what}, {each: item[each] for each in item if each != name}]))

    assert said_by(codec.decode, changed) == said_by(codec.by_parts, changed)


def said_by(read: Callable[[Item], object], item: Item) -> object:
    try:
        return read(item)
    except Poison as poison:
        return poison.reason, str(poison)


@given(st.lists(lines, min_size=1, max_size=3), st.integers(0, 10**9))
def test_rows_come_back_as_they_were(items: list[Line], total: int) -> None:
    row = CustomerOrder("o1", "c1", "pending", tuple(items), usd(total), EPOCH)
    rows = RowCodec(CustomerOrder)

    assert rows.decode(rows.encode(row)) == row


def test_a_row_is_stored_in_the_shape_the_api_answers() -> None:
    expected = {
        "orderId": "o1",
        "customerId": "c1",
        "status": "pending",
        "items": [{"productId": "tea", "productName": "Tea", "quantity": 2, "unitPrice": 2.5, "unitPriceMinor": 250}],
        "total": 5.0,
        "totalMinor": 500,
        "currency": "USD",
        "createdAt": "2026-01-31T09:30:00.000000Z",
        "type": "CustomerOrder",
        "schemaVersion": 1,
    }

    row = CustomerOrder("o1", "c1", "pending", (a_line(minor=250, quantity=2),), usd(500), EPOCH)

    assert RowCodec(CustomerOrder).encode(row) == expected


def test_an_event_item_has_the_shape_of_the_contract() -> None:
    expected = {
        "id": "000001",
        "orderId": "o1",
        "customerId": "c1",
        "type": "OrderPlaced",
        "schemaVersion": 1,
        "sequence": 1,
        "at": "2026-01-31T09:30:00.000001Z",
        "data": {
            "lines": [
                {
                    "productId": "tea",
                    "productName": "Tea",
                    "quantity": 2,
                    "unitPrice": {"minor": 250, "currency": "USD"},
                }
            ],
            "total": {"minor": 500, "currency": "USD"},
            "fingerprint": "",
        },
        "causationId": "cause-1",
        "correlationId": "",
        "traceparent": "",
    }

    assert codec.encode(recorded([PLACED])[0]) == expected


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "OrderTeleported"}, "unknown_version"),
        ({"schemaVersion": 2}, "unknown_version"),
        ({"data": {"lines": "none"}}, "unreadable"),
        ({"data": None}, "unreadable"),
        ({"at": "never"}, "unreadable"),
        ({"at": "0001-01-01T00:00:00+05:00"}, "unreadable"),
        ({"schemaVersion": None}, "unreadable"),
        ({"type": None}, "unreadable"),
    ],
)
def test_a_body_that_cannot_be_read_still_says_whose_it_is(change: dict[str, object], reason: str) -> None:
    item = codec.encode(recorded([PLACED])[0]) | change

    event = codec.decode(item)

    assert (event.stream, event.customer_id, event.sequence) == ("o1", "c1", 1)
    assert isinstance(event.body, Unreadable)
    assert event.body.reason == reason


@pytest.mark.parametrize("missing", ["orderId", "customerId", "sequence"])
def test_an_envelope_that_cannot_be_read_is_poison_that_names_the_place(missing: str) -> None:
    item = codec.encode(recorded([PLACED])[0])
    del item[missing]

    with pytest.raises(Poison, match=f"unreadable_envelope: .*{missing}"):
        codec.decode(item)


def test_a_poison_reason_never_repeats_what_the_item_said() -> None:
    item = codec.encode(recorded([PLACED])[0]) | {"data": {"lines": "4111-1111-1111-1111"}}

    body = codec.decode(item).body

    assert isinstance(body, Unreadable)
    assert "4111" not in body.detail


def test_an_event_too_large_for_the_feed_is_refused_before_it_is_stored() -> None:
    many = replace(PLACED, lines=tuple(a_line(product="x" * 100) for _ in range(MAX_EVENT_BYTES // 200)))

    with pytest.raises(Poison, match="too_large"):
        codec.encode(recorded([many])[0])


def test_half_a_character_costs_its_item_what_it_says_and_the_batch_nothing() -> None:
    whole, broken = changes('[{"id": "1", "a": "x"}, {"id": "2", "a": "\\ud800", "b": 1}]')

    assert whole == {"id": "1", "a": "x"}
    assert broken == {"id": "2", "b": 1}


@pytest.mark.parametrize("name", ["orderId", "customerId"])
def test_a_name_too_long_for_a_partition_key_is_no_name(name: str) -> None:
    with pytest.raises(Poison, match="unreadable_envelope"):
        codec.decode(codec.encode(recorded([PLACED])[0]) | {name: "x" * 256})


def test_only_numbered_items_are_events() -> None:
    assert is_event({"id": "000001"})
    assert not is_event({"id": "private"})
    assert not is_event({})


@pytest.mark.parametrize("text", ["{", "{}", "[1]", ""])
def test_a_batch_that_is_no_array_of_objects_is_poison(text: str) -> None:
    with pytest.raises(Poison, match="unreadable_batch"):
        changes(text)


@dataclass(frozen=True, slots=True)
class Shelf:
    name: str
    worth: Money
    labels: tuple[str, ...]
    seen_at: datetime


def test_any_frozen_dataclass_can_be_a_row() -> None:
    shelf = Shelf("top", usd(-5), ("a", "b"), EPOCH)
    rows = RowCodec(Shelf)

    assert rows.decode(rows.encode(shelf)) == shelf


names = st.from_regex(r"[a-z]{1,5}(_[a-z]{1,5}){0,2}", fullmatch=True)


@given(st.dictionaries(names.map(lambda name: f"x{name}"), st.integers(-(10**12), 10**12), min_size=1, max_size=4))
def test_money_is_read_back_from_its_minor_units_alone(amounts: dict[str, int]) -> None:
    row = {name: {"minor": minor, "currency": "EUR"} for name, minor in amounts.items()}
    flat = flatten_money(row)
    spoilt = {name: 0.1 if isinstance(value, float) else value for name, value in flat.items()}

    assert restore_money(spoilt) == row


def test_a_row_in_two_currencies_is_refused() -> None:
    with pytest.raises(ValueError, match="several currencies"):
        flatten_money({"a": {"minor": 1, "currency": "USD"}, "b": {"minor": 1, "currency": "EUR"}})
