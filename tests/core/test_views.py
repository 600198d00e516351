"""What each view's fold makes of an order, and where its row goes."""

from typing import Any

import pytest
from hypothesis import given

from orders.decider import order
from orders.events import OrderDeleted, OrderEvent, OrderPlaced, OrderShipped
from projections import PROJECTIONS
from projections.customer_orders import customer_orders
from projections.order_board import SHARDS, order_board
from shared.kernel import Key, Projection
from shared.pipeline.codec import RowCodec
from tests.orders import EPOCH, a_line, histories, recorded, usd

PLACED = OrderPlaced((a_line(),), usd(500))

type View = Projection[OrderEvent, Any]

of_every_view = pytest.mark.parametrize("view", PROJECTIONS, ids=lambda view: view.name)


def folded(view: View, happened: tuple[OrderEvent, ...]) -> Any:  # noqa: ANN401 - the row of any view
    row = None
    for event in recorded(happened):
        row = view.evolve(row, event)
    return row


@of_every_view
@given(happened=histories)
def test_a_row_says_of_its_order_what_the_decider_knows(view: View, happened: tuple[OrderEvent, ...]) -> None:
    known, row = order.fold(happened), folded(view, happened)

    assert known is not None
    is_shown_to_nobody = known.is_forgotten and view is customer_orders
    if known.status == "deleted" or is_shown_to_nobody:
        assert row is None
        return
    assert (row.order_id, row.created_at) == ("o1", recorded(happened)[0].at)
    assert row.customer_id == ("" if known.is_forgotten else "c1")
    assert (row.status, row.items, row.total) == (known.status, known.lines, known.total)


@of_every_view
@given(happened=histories)
def test_all_events_of_an_order_go_to_one_row(view: View, happened: tuple[OrderEvent, ...]) -> None:
    assert len({view.key(event) for event in recorded(happened)}) == 1


@of_every_view
def test_a_status_without_its_order_makes_no_row(view: View) -> None:
    assert folded(view, (OrderShipped(by_hand=True),)) is None
    assert folded(view, (PLACED, OrderDeleted(), OrderShipped(by_hand=True))) is None


def test_a_board_row_lies_in_its_orders_bucket() -> None:
    (event,) = recorded([PLACED], stream="ord_1", customer="ada")

    assert order_board.key(event) == Key(partition=SHARDS.bucket("ord_1"), id="ord_1")


@of_every_view
def test_a_row_is_stored_in_the_shape_that_is_answered(view: View) -> None:
    item = RowCodec(view.row).encode(folded(view, (PLACED,)))

    assert item["createdAt"] == f"{EPOCH:%Y-%m-%dT%H:%M:%S}.000001Z"
    assert (item["status"], item["total"], item["totalMinor"], item["currency"]) == ("pending", 5.0, 500, "USD")
