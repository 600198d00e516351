"""What an order allows, refuses and already knows."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.commands import DeleteOrder, ForgetCustomer, MoveOrder, OrderCommand, PlaceOrder
from orders.decider import order
from orders.events import (
    CustomerForgotten,
    OrderCancelled,
    OrderDeleted,
    OrderDelivered,
    OrderEvent,
    OrderPlaced,
    OrderShipped,
    PaymentWaived,
    Status,
    StockHeld,
)
from orders.refusals import KeyReused, OrderNotPending, TransitionForbidden, UnknownOrder
from shared.kernel import Refused
from tests.orders import STATUSES, a_line, commands, histories, usd

PLACED = OrderPlaced((a_line(minor=250, quantity=2),), usd(500), "f")
AFTER: dict[Status, tuple[OrderEvent, ...]] = {
    "pending": (PLACED,),
    "shipped": (PLACED, OrderShipped(by_hand=True)),
    "delivered": (PLACED, OrderShipped(by_hand=True), OrderDelivered()),
    "cancelled": (PLACED, OrderCancelled("asked for")),
}
ALLOWED: dict[tuple[Status, Status], tuple[OrderEvent, ...]] = {
    ("pending", "shipped"): (OrderShipped(by_hand=True), PaymentWaived()),
    ("shipped", "delivered"): (OrderDelivered(),),
    ("pending", "cancelled"): (OrderCancelled("asked for"),),
}


@given(histories, commands)
def test_deciding_twice_adds_nothing_the_second_time(happened: tuple[OrderEvent, ...], command: OrderCommand) -> None:
    before = order.fold(happened)
    try:
        news = order.decide(before, command)
    except Refused:
        return

    after = order.fold(happened + news)
    if isinstance(command, DeleteOrder):
        with pytest.raises(UnknownOrder):
            order.decide(after, command)
    else:
        assert order.decide(after, command) == ()


@given(histories, commands)
def test_a_deleted_order_never_comes_back(happened: tuple[OrderEvent, ...], command: OrderCommand) -> None:
    deleted = order.fold((*happened, OrderDeleted()))

    with contextlib.suppress(Refused):
        assert order.decide(deleted, command) in {(), (CustomerForgotten(),)}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("wanted", STATUSES)
def test_only_three_moves_are_allowed_and_staying_is_free(status: Status, wanted: Status) -> None:
    state = order.fold(AFTER[status])

    if status == wanted:
        assert order.decide(state, MoveOrder(wanted)) == ()
    elif (status, wanted) in ALLOWED:
        assert order.decide(state, MoveOrder(wanted)) == ALLOWED[status, wanted]
    else:
        with pytest.raises(TransitionForbidden):
            order.decide(state, MoveOrder(wanted))


def test_the_total_is_the_sum_of_the_lines() -> None:
    expected = usd(3 * 199 + 250)

    (placed,) = order.decide(None, PlaceOrder((a_line(minor=199, quantity=3), a_line(minor=250, quantity=1))))

    assert isinstance(placed, OrderPlaced)
    assert placed.total == expected


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "pending"])
def test_only_a_pending_order_can_be_deleted(status: Status) -> None:
    with pytest.raises(OrderNotPending):
        order.decide(order.fold(AFTER[status]), DeleteOrder())


def test_a_key_that_stands_for_another_order_is_refused() -> None:
    with pytest.raises(KeyReused):
        order.decide(order.fold(AFTER["pending"]), PlaceOrder((a_line(),), "another"))


@pytest.mark.parametrize("command", [MoveOrder("shipped"), DeleteOrder()])
@pytest.mark.parametrize("happened", [(), (PLACED, OrderDeleted())])
def test_what_was_never_placed_or_is_deleted_is_unknown(
    command: OrderCommand, happened: tuple[OrderEvent, ...]
) -> None:
    with pytest.raises(UnknownOrder):
        order.decide(order.fold(happened), command)


@given(st.sampled_from([OrderShipped(by_hand=True), OrderDelivered(), OrderCancelled("x"), StockHeld()]))
def test_a_stream_without_its_beginning_is_a_fault_not_a_state(event: OrderEvent) -> None:
    with pytest.raises(ValueError, match="does not begin"):
        order.fold((event,))


def test_a_tombstone_alone_is_a_deleted_order_that_is_owed_nothing() -> None:
    left = order.fold((OrderDeleted(),))

    assert left is not None
    assert (left.status, left.stock, left.may_be_paid) == ("deleted", "released", False)
    assert order.decide(left, ForgetCustomer()) == ()
    with pytest.raises(KeyReused):
        order.decide(left, PlaceOrder((a_line(),), "f"))
