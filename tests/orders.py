"""Orders for tests: builders for people, strategies for laws."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from orders.commands import DeleteOrder, ForgetCustomer, MoveOrder, OrderCommand, PlaceOrder
from orders.decider import order
from orders.events import Line, OrderEvent, Status
from shared.kernel import Money, Recorded, Refused

EPOCH = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
STATUSES: tuple[Status, ...] = ("pending", "shipped", "delivered", "cancelled")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def a_line(*, minor: int = 250, quantity: int = 2, product: str = "tea") -> Line:
    return Line(product, product.title(), quantity, usd(minor))


def recorded(
    bodies: Sequence[OrderEvent], *, stream: str = "o1", customer: str = "c1"
) -> tuple[Recorded[OrderEvent], ...]:
    return tuple(
        Recorded(body, stream, customer, sequence, EPOCH + timedelta(microseconds=sequence), f"cause-{sequence}")
        for sequence, body in enumerate(bodies, start=1)
    )


lines = st.builds(
    Line,
    product_id=st.sampled_from(["tea", "milk", "rye:bread"]),
    product_name=st.text(min_size=1, max_size=20),
    quantity=st.integers(1, 9),
    unit_price=st.integers(0, 99_999).map(usd),
)
commands = st.one_of(
    st.builds(
        PlaceOrder, lines=st.lists(lines, min_size=1, max_size=3).map(tuple), fingerprint=st.sampled_from(["", "f"])
    ),
    st.builds(MoveOrder, to=st.sampled_from(STATUSES)),
    st.just(DeleteOrder()),
    st.just(ForgetCustomer()),
)


def history(asked: Sequence[OrderCommand]) -> tuple[OrderEvent, ...]:
    """What is in the stream after these commands, refused ones left out."""
    happened: tuple[OrderEvent, ...] = ()
    for command in asked:
        try:
            happened += order.decide(order.fold(happened), command)
        except Refused:
            continue
    return happened


histories = st.lists(commands, max_size=8).map(history).filter(bool)
