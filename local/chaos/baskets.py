"""Small baskets of made-up goods, in trouble far more often than real ones: the same for the same seed."""

from random import Random
from typing import Final

from local.demo.baskets import Basket, Line

CUSTOMERS: Final = 5
MOST_LINES: Final = 3
# The sandbox's carrier takes no piano, and never answers who sends a mug.
GOODS: Final = ("tea", "milk", "rice", "beans", "eggs", "unshippable-piano", "lostlabel-mug")
WANTED: Final = (6, 6, 6, 4, 4, 1, 1)
IN_TROUBLE: Final = 0.4


def baskets(count: int, seed: int) -> list[Basket]:
    """`local.demo.journey` reads from a basket's id what becomes of it."""
    random = Random(seed)  # noqa: S311 - to be drawn again
    return [_basket(_basket_id(number, random), random) for number in range(count)]


def _basket_id(number: int, random: Random) -> int:
    rest, by_token, by_move = random.randrange(100), random.randrange(10), random.randrange(10)
    if random.random() < IN_TROUBLE:
        by_token = 7
    return number * 10_000 + rest * 100 + by_token * 10 + by_move


def _basket(basket_id: int, random: Random) -> Basket:
    chosen = random.choices(GOODS, WANTED, k=random.randint(1, MOST_LINES))
    lines = (Line(name, name.title(), random.randint(1, 3), random.randint(1, 999)) for name in chosen)
    return Basket(basket_id, f"customer-{random.randrange(CUSTOMERS)}", tuple(lines))
