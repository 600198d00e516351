"""Receipts become orders without losing or inventing a cent."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo.baskets import Basket, Line, Row, from_json, to_baskets, to_json, to_name

ROOT = Path(__file__).parents[3]
DEMO_PYTHON = ROOT / ".demo" / "venv" / "bin" / "python"

rows = st.builds(
    Row,
    basket_id=st.just(31198570044),
    household_id=st.just(900),
    product_id=st.integers(1, 99_999_999),
    quantity=st.integers(-2, 90_000),
    sales_cents=st.integers(0, 84_000),
)


@given(st.lists(rows, max_size=8))
def test_a_basket_costs_what_was_paid_for_its_kept_lines(bought: list[Row]) -> None:
    kept = [row for row in bought if row.quantity > 0]

    baskets = list(to_baskets(bought, {}))

    assert [basket.total_cents for basket in baskets] == ([sum(row.sales_cents for row in kept)] if kept else [])


@given(st.lists(rows, min_size=1, max_size=8))
def test_a_cached_line_reads_back_as_the_same_basket(bought: list[Row]) -> None:
    for basket in to_baskets(bought, {}):
        assert from_json(to_json(basket)) == basket


def test_cents_that_do_not_divide_become_one_piece_at_the_whole_price() -> None:
    bought = [Row(1, 7, 20, quantity=2, sales_cents=300), Row(1, 7, 21, quantity=3, sales_cents=100)]

    (basket,) = to_baskets(bought, {20: "MILK 1 L", 21: "EGGS 12 CT"})

    assert basket == Basket(
        1, "household-7", (Line("product-20", "MILK 1 L", 2, 150), Line("product-21", "EGGS 12 CT", 1, 100))
    )


def test_returned_lines_and_baskets_left_empty_are_skipped() -> None:
    bought = [Row(1, 7, 20, quantity=0, sales_cents=0), Row(2, 8, 20, quantity=1, sales_cents=5)]

    assert [basket.basket_id for basket in to_baskets(bought, {})] == [2]


@pytest.mark.parametrize(
    ("product_type", "size", "name"),
    [
        ("APPLE SAUCE", "50 OZ", "APPLE SAUCE 50 OZ"),
        ("APPLE SAUCE", None, "APPLE SAUCE"),
        (None, None, "PRODUCT 26081"),
        (" WHITE  BREAD", "20  OZ ", "WHITE BREAD 20 OZ"),
    ],
)
def test_a_name_is_type_and_size_as_far_as_they_are_known(
    product_type: str | None, size: str | None, name: str
) -> None:
    assert to_name(26081, product_type, size) == name


def test_the_real_receipts_come_in_the_order_of_their_time(tmp_path: Path) -> None:
    subprocess.run([ROOT / "local" / "setup.sh", "demo"], check=True)
    file = tmp_path / "baskets.jsonl"

    subprocess.run([DEMO_PYTHON, "-m", "local.demo.extract", "500", str(file)], cwd=ROOT, check=True)

    baskets = [from_json(line) for line in file.read_text().splitlines()]
    assert len({basket.basket_id for basket in baskets}) == 500
    assert baskets[0] == Basket(31198570044, "household-900", (Line("product-1095275", "ROLLS: BAGELS 4 OZ", 1, 50),))
