"""The stock law after any sequence of calls, for several orders over several products."""

import asyncio

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateways import Books, Warehouse
from gateways.holds import HoldVerb
from orders.events import StockHeld, StockRefused
from tests.fakes import FakeBuckets
from tests.gateways.cells import line
from tests.gateways.stores import FakePartitions, assert_stock_law

PRODUCTS = ("tea", "milk")
orders = st.sampled_from(["o1", "o2", "o3", "o4"])
quantities = st.lists(st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 3)), min_size=1, max_size=3)


class StockLaw(RuleBasedStateMachine):
    """Levels set and orders asked in any order; `ended` are the holds that were released or consumed."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.fake = FakeBuckets()
        self.stock = Warehouse(self.fake)
        self.ended: set[tuple[str, str]] = set()
        self.levels: dict[str, int] = {}

    @rule(product=st.sampled_from(PRODUCTS), available=st.integers(0, 6))
    def set_level(self, product: str, available: int) -> None:
        before = self.held_and_consumed(product)

        level = self.runner.run(self.stock.set_level(product, available))

        assert level.received == available + before
        self.levels[product] = level.received

    @rule(order=orders, wanted=quantities)
    def hold(self, order: str, wanted: list[tuple[str, int]]) -> None:
        said = self.runner.run(self.stock.hold(order, [line(*each) for each in wanted]))

        assert said == StockHeld() or (isinstance(said, StockRefused) and said.product_id in dict(wanted))
        assert self.runner.run(self.stock.hold(order, [line(*each) for each in wanted])) == said

    @rule(order=orders, wanted=quantities, verb=st.sampled_from(["release", "consume"]))
    def end(self, order: str, wanted: list[tuple[str, int]], verb: HoldVerb) -> None:
        lines = [line(*each) for each in wanted]

        if verb == "release":
            self.runner.run(self.stock.release(order, lines))
        else:
            self.runner.run(self.stock.consume(order, lines))

        self.ended |= {(order, product) for product, _ in wanted}

    @invariant()
    def the_law_holds(self) -> None:
        assert_stock_law(self.fake)

    @invariant()
    def only_setting_a_level_changes_what_was_received(self) -> None:
        shelves = {product: self.runner.run(self.books.shelf(product)) for product in PRODUCTS}
        assert {product: shelf.received for product, shelf in shelves.items() if shelf} == self.levels

    @invariant()
    def what_has_ended_holds_nothing(self) -> None:
        for order, product in self.ended:
            assert self.runner.run(self.books.holds(order, [product]))[product] != "held"

    def teardown(self) -> None:
        self.runner.close()

    @property
    def books(self) -> Books:
        return Books(self.fake, FakePartitions(self.fake))

    def held_and_consumed(self, product: str) -> int:
        shelf = self.runner.run(self.books.shelf(product))
        return shelf.held + shelf.consumed if shelf else 0


TestStockLaw = StockLaw.TestCase
