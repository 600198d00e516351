"""The warehouse: several products per order, products without a level, levels set by hand, and crowds."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways import Books, Level, Shelf, Warehouse
from gateways.holds import HoldVerb
from orders.events import StockHeld, StockRefused, StockReleased
from shared.kernel import Conflict, Transient, Unknown
from tests.fakes import FakeBuckets
from tests.gateways.cells import ask_stock, line
from tests.gateways.conftest import OnCosmos
from tests.gateways.stores import Crowded, FakePartitions, Unreliable, assert_stock_law


@pytest.fixture
def fake() -> FakeBuckets:
    return FakeBuckets()


@pytest.fixture
def stock(fake: FakeBuckets) -> Warehouse:
    return Warehouse(fake)


@pytest.fixture
def books(fake: FakeBuckets) -> Books:
    return Books(fake, FakePartitions(fake))


async def test_an_order_holds_every_product_or_names_the_first_that_was_short(stock: Warehouse, books: Books) -> None:
    for product, level in (("tea", 5), ("milk", 1), ("rye", 0)):
        await stock.set_level(product, level)

    assert await stock.hold("o1", [line("tea", 3), line("milk", 1)]) == StockHeld()
    assert await stock.hold("o2", [line("tea", 1), line("rye", 1), line("milk", 1)]) == StockRefused("rye")

    # What was held of a refused order waits for its release.
    assert await books.holds("o2", ["tea", "milk", "rye"]) == {"tea": "held", "milk": "refused", "rye": "refused"}


async def test_a_partial_hold_is_released_whole_and_a_late_hold_takes_nothing(stock: Warehouse, books: Books) -> None:
    await stock.set_level("tea", 5)
    await stock.set_level("milk", 0)
    lines = [line("tea", 3), line("milk", 1)]
    await stock.hold("o1", lines)

    assert await stock.release("o1", lines) == StockReleased()
    assert await stock.hold("o1", lines) == StockRefused("tea")

    assert await books.shelf("tea") == Shelf("tea", received=5, available=5, held=0, consumed=0, short=0)


async def test_lines_of_one_product_are_one_hold_of_their_sum(stock: Warehouse, books: Books) -> None:
    await stock.set_level("tea", 5)

    assert await stock.hold("o1", [line("tea", 3), line("tea", 3)]) == StockRefused("tea")
    assert await stock.hold("o2", [line("tea", 3), line("tea", 2)]) == StockHeld()

    assert await books.shelf("tea") == Shelf("tea", received=5, available=0, held=5, consumed=0, short=0)


async def test_goods_that_left_unheld_come_from_the_level_or_are_short(stock: Warehouse, books: Books) -> None:
    await stock.set_level("tea", 5)

    await stock.consume("o1", [line("tea", 4)])
    await stock.consume("o2", [line("tea", 4)])

    assert await books.shelf("tea") == Shelf("tea", received=5, available=1, held=0, consumed=4, short=4)


async def test_a_product_without_a_level_is_always_there(stock: Warehouse, books: Books, fake: FakeBuckets) -> None:
    assert await stock.hold("o1", [line("tea", 1000)]) == StockHeld()

    assert fake.items == {}
    assert await books.shelf("tea") is None


@pytest.mark.parametrize("ended_by", ["release", "consume"])
async def test_a_hold_that_comes_after_its_end_takes_nothing_from_a_level_put_in_meanwhile(
    stock: Warehouse, books: Books, ended_by: HoldVerb
) -> None:
    await stock.hold("o1", [line("tea", 2)])
    await ask_stock(stock, ended_by, "o1", line("tea", 2))
    await stock.set_level("tea", 5)

    await stock.hold("o1", [line("tea", 2)])

    assert await books.shelf("tea") == Shelf("tea", received=5, available=5, held=0, consumed=0, short=0)


async def test_an_order_from_before_the_level_is_taken_from_it_when_it_leaves(stock: Warehouse, books: Books) -> None:
    await stock.hold("o1", [line("tea", 2)])
    await stock.set_level("tea", 5)

    await stock.consume("o1", [line("tea", 2)])

    assert await books.shelf("tea") == Shelf("tea", received=5, available=3, held=0, consumed=2, short=0)


async def test_setting_a_level_corrects_what_was_received_by_the_difference(stock: Warehouse, books: Books) -> None:
    assert await stock.set_level("tea", 5) == Level(5, received=5)
    await stock.hold("o1", [line("tea", 2)])

    assert await stock.set_level("tea", 10) == Level(10, received=12)
    assert await stock.set_level("tea", 0) == Level(0, received=2)

    assert await books.shelf("tea") == Shelf("tea", received=2, available=0, held=2, consumed=0, short=0)


async def test_a_level_below_nothing_is_not_taken(stock: Warehouse, fake: FakeBuckets) -> None:
    with pytest.raises(ValueError, match="0 is the least"):
        await stock.set_level("tea", -1)

    assert fake.items == {}


async def test_a_level_whose_answer_was_lost_is_not_set_twice(fake: FakeBuckets) -> None:
    with pytest.raises(Unknown):
        await Warehouse(Unreliable(fake, {2: Unknown("lost")}, after_effect=True)).set_level("tea", 5)

    assert await Warehouse(fake).set_level("tea", 5) == Level(5, received=5)


async def test_a_product_that_changes_every_time_makes_the_order_wait(fake: FakeBuckets) -> None:
    await Warehouse(fake).set_level("tea", 5)
    contended = Unreliable(fake, {call: Conflict("changed") for call in range(2, 100, 2)})

    with pytest.raises(Transient):
        await Warehouse(contended).hold("o1", [line("tea")])
    with pytest.raises(Transient):
        await Warehouse(contended).set_level("tea", 1)

    assert contended.calls == 2 * 2 * 8


async def test_trouble_with_one_product_lets_the_others_end(fake: FakeBuckets, books: Books) -> None:
    for product in ("tea", "milk"):
        await Warehouse(fake).set_level(product, 1)
    away = Unreliable(fake, {1: Transient("away")})

    with pytest.raises(Transient):
        await Warehouse(away).hold("o1", [line("tea"), line("milk")])

    assert await books.holds("o1", ["tea", "milk"]) == {"milk": "held"}


async def test_a_crowd_of_one_worker_sells_every_piece_once_and_meets_no_conflict(
    fake: FakeBuckets, books: Books
) -> None:
    chance = random.Random(1)  # noqa: S311 - places to pause are no secret
    store, crowd = Unreliable(Crowded(chance, fake), {}), 40
    stock = Warehouse(store)
    await stock.set_level("tea", 7)

    said = await asyncio.gather(*(stock.hold(f"o{n}", [line("tea")]) for n in range(crowd)))

    assert said.count(StockHeld()) == 7
    assert said.count(StockRefused("tea")) == crowd - 7
    assert store.calls == 2 * (1 + crowd)
    assert await books.shelf("tea") == Shelf("tea", received=7, available=0, held=7, consumed=0, short=0)


@given(
    chance=st.integers(0, 2**32).map(random.Random),
    level=st.integers(0, 6),
    quantities=st.lists(st.integers(1, 3), min_size=2, max_size=5),
)
async def test_workers_that_meet_at_one_product_never_oversell_it(
    chance: random.Random, level: int, quantities: list[int]
) -> None:
    store = Crowded(chance)
    await Warehouse(store).set_level("tea", level)

    said = await asyncio.gather(
        *(_held(Warehouse(store), f"o{n}", quantity) for n, quantity in enumerate(quantities)), return_exceptions=True
    )

    held = [quantity for quantity, answer in zip(quantities, said, strict=True) if answer == StockHeld()]
    left = level - sum(held)
    assert set(map(type, said)) <= {StockHeld, StockRefused}
    assert left >= 0
    # Nobody is refused what is still there when all are done: nothing was given back.
    assert all(
        quantity > left for quantity, answer in zip(quantities, said, strict=True) if isinstance(answer, StockRefused)
    )


@given(
    chance=st.integers(0, 2**32).map(random.Random),
    calls=st.lists(
        st.tuples(
            st.sampled_from(["o1", "o2", "o3"]), st.sampled_from(["hold", "release", "consume"]), st.integers(0, 4)
        ),
        min_size=2,
        max_size=10,
    ),
)
async def test_no_interleaving_of_calls_breaks_the_stock_law(
    chance: random.Random, calls: list[tuple[str, HoldVerb, int]]
) -> None:
    store = Crowded(chance)
    await Warehouse(store).set_level("tea", 4)

    async def ask(order: str, verb: HoldVerb, pause: int) -> None:
        for _ in range(pause):
            await asyncio.sleep(0)
        await ask_stock(Warehouse(store), verb, order, line("tea", 2), line("milk"))

    said = await asyncio.gather(*(ask(*call) for call in calls), return_exceptions=True)

    assert set(map(type, said)) <= {type(None), Transient}
    assert_stock_law(store.fake)
    ended = {order for order, verb, _ in calls if verb != "hold"}
    held = await Books(store.fake, FakePartitions(store.fake)).shelf("tea")
    assert held is not None
    if Transient not in map(type, said):
        assert held.held <= 2 * len({order for order, _, _ in calls} - ended)


async def test_a_crowd_on_the_real_store_never_oversells(on_cosmos: OnCosmos) -> None:
    workers = [Warehouse(on_cosmos.buckets) for _ in range(3)]
    await workers[0].set_level("tea", 5)

    said = await asyncio.gather(*(_held(workers[n % 3], f"o{n}", 1) for n in range(15)))

    assert said.count(StockHeld()) == 5
    shelf = await Books(on_cosmos.buckets, on_cosmos).shelf("tea")
    assert shelf == Shelf("tea", received=5, available=0, held=5, consumed=0, short=0)


async def _held(stock: Warehouse, order_id: str, quantity: int) -> StockHeld | StockRefused:
    """As a saga does: what passes by itself is asked again."""
    while True:
        try:
            return await stock.hold(order_id, [line("tea", quantity)])
        except Transient:
            await asyncio.sleep(0)
