"""Sums and averages are exact to the cent."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import answers
from shared.ports import Total

CENT = Decimal("0.01")


@given(st.integers(1, 10_000), st.integers(0, 10**12))
def test_an_average_is_the_cent_nearest_to_the_exact_quotient(rows: int, amount: int) -> None:
    shown = answers.summary("ada", Total(rows, amount))

    exact = Decimal(amount) / 100
    assert Decimal(str(shown["totalSpent"])) == exact
    assert Decimal(str(shown["averageOrderValue"])) == (exact / rows).quantize(CENT, ROUND_HALF_EVEN)


@pytest.mark.parametrize(("amount", "average"), [(1, 0.0), (3, 0.02), (5, 0.02), (7, 0.04), (9, 0.04)])
def test_half_a_cent_goes_to_the_even_one(amount: int, average: float) -> None:
    assert answers.summary("ada", Total(2, amount))["averageOrderValue"] == average


def test_nothing_ordered_is_all_zeros() -> None:
    assert answers.summary("ada", Total(0, 0)) == {
        "customerId": "ada",
        "totalOrders": 0,
        "totalSpent": 0,
        "averageOrderValue": 0,
    }
