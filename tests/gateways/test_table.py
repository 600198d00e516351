"""The gateway table, cell by cell: as pure functions, on the fake store, and on the real one."""

from itertools import product as pairs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways import Books, SandboxCarrier, Warehouse
from gateways.acts import ActState, ActVerb, transition
from gateways.book import Book
from gateways.holds import HOLD_STATES, HoldState, HoldVerb
from gateways.holds import transition as of_hold
from gateways.payments import payment_book
from gateways.shipping import shipment_book
from shared.ports import BucketStore, Partitions
from tests.fakes import FakeBuckets
from tests.gateways.cells import (
    ACT_CELLS,
    HOLD_CELLS,
    LEVEL,
    SHIPMENT_CELLS,
    ActCell,
    HoldCell,
    ask_carrier,
    ask_payments,
    ask_stock,
    everything_up_to,
    line,
    named,
    payments_with,
)
from tests.gateways.conftest import OnCosmos
from tests.gateways.stores import FakePartitions

HOLD_VERBS: tuple[HoldVerb, ...] = ("hold", "release", "consume")
ACT_VERBS: tuple[ActVerb, ...] = ("act", "close", "undo")


async def assert_hold_cell(store: BucketStore, partitions: Partitions, cell: HoldCell) -> None:
    product, stock, books = f"p-{cell}", Warehouse(store), Books(store, partitions)
    await stock.set_level(product, LEVEL)
    for verb in cell.before:
        await ask_stock(stock, verb, "o1", line(product, cell.quantity))

    said = await ask_stock(stock, cell.verb, "o1", line(product, cell.quantity))

    shelf = await books.shelf(product)
    assert shelf is not None
    assert named(said) == cell.said, cell
    assert await books.holds("o1", [product]) == {product: cell.state}, cell
    assert (shelf.available, shelf.received, shelf.difference) == (cell.available, LEVEL, 0), cell


async def assert_payment_cell(store: BucketStore, cell: ActCell) -> None:
    order, payments = f"o-{cell}", payments_with(store, "tok_ok" if cell.accepts else "tok_declined")
    for verb in cell.before:
        await ask_payments(payments, verb, order)

    said = await ask_payments(payments, cell.verb, order)

    assert named(said) == cell.said, cell
    assert await state_in(payment_book(store), order) == cell.state, cell


async def assert_shipment_cell(store: BucketStore, cell: ActCell) -> None:
    order, carrier, product = f"o-{cell}", SandboxCarrier(store), "tea" if cell.accepts else "unshippable-tea"
    for verb in cell.before:
        await ask_carrier(carrier, verb, order, product)

    said = await ask_carrier(carrier, cell.verb, order, product)

    assert named(said) == cell.told, cell
    assert await state_in(shipment_book(store), order) == cell.state, cell


async def state_in(book: Book, order_id: str) -> str | None:
    entry = await book.look(order_id)
    return entry.state if entry else None


@pytest.mark.parametrize("cell", HOLD_CELLS, ids=str)
async def test_a_hold_moves_as_the_table_says(cell: HoldCell) -> None:
    fake = FakeBuckets()

    await assert_hold_cell(fake, FakePartitions(fake), cell)


@pytest.mark.parametrize("cell", ACT_CELLS, ids=str)
async def test_a_payment_moves_as_the_table_says(cell: ActCell) -> None:
    await assert_payment_cell(FakeBuckets(), cell)


@pytest.mark.parametrize("cell", SHIPMENT_CELLS, ids=str)
async def test_a_shipment_moves_as_the_table_says(cell: ActCell) -> None:
    await assert_shipment_cell(FakeBuckets(), cell)


async def test_every_cell_holds_on_the_real_store(on_cosmos: OnCosmos) -> None:
    for hold in HOLD_CELLS:
        await assert_hold_cell(on_cosmos.buckets, on_cosmos, hold)
    for payment in ACT_CELLS:
        await assert_payment_cell(on_cosmos.buckets, payment)
    for shipment in SHIPMENT_CELLS:
        await assert_shipment_cell(on_cosmos.buckets, shipment)


def test_the_cells_name_every_state_and_every_verb() -> None:
    held = {(cell.state, cell.verb) for cell in HOLD_CELLS if cell.before}
    acted = {(cell.state, cell.verb) for cell in ACT_CELLS if cell.before}

    assert held >= set(pairs(("refused", "voided", "consumed", "short"), HOLD_VERBS))
    assert {cell.verb for cell in HOLD_CELLS if not cell.before} == set(HOLD_VERBS)
    assert acted >= set(pairs(("refused", "voided", "undone"), ACT_VERBS))
    assert {cell.verb for cell in ACT_CELLS if not cell.before} == set(ACT_VERBS)


@given(
    state=st.sampled_from([None, *HOLD_STATES]),
    verb=st.sampled_from(HOLD_VERBS),
    available=st.integers(0, 6),
    quantity=st.integers(1, 6),
)
def test_what_leaves_the_level_is_what_the_hold_takes(
    state: HoldState | None, verb: HoldVerb, available: int, quantity: int
) -> None:
    def weight(of: HoldState | None) -> int:
        return quantity if of in {"held", "consumed"} else 0

    move = of_hold(state, verb, available, quantity)

    assert move.taken == weight(move.state) - weight(state)
    assert available - move.taken >= 0


@pytest.mark.parametrize("state", [None, *HOLD_STATES])
@pytest.mark.parametrize("verb", ["release", "consume"])
@pytest.mark.parametrize("available", [None, 0, 9])
def test_after_a_release_or_a_consume_nothing_moves_a_hold(
    state: HoldState | None, verb: HoldVerb, available: int | None
) -> None:
    final = of_hold(state, verb, available, 1).state

    assert final not in {None, "held"}
    assert {of_hold(final, later, 9, 1).state for later in HOLD_VERBS} == {final}


@pytest.mark.parametrize("accepts", [True, False])
def test_an_act_happens_at_most_once_and_only_moves_forward(*, accepts: bool) -> None:
    paths = set[tuple[ActState, ...]]()
    for asked in everything_up_to(5, ACT_VERBS):
        path: tuple[ActState, ...] = ()
        for verb in asked:
            state = transition(path[-1] if path else None, verb, accepts=accepts)
            path = path if state in path[-1:] else (*path, state)
        paths.add(path)

    assert paths == {(), ("voided",)} | ({("done",), ("done", "undone")} if accepts else {("refused",)})
