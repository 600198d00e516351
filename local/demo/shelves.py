"""Which products are stock-managed, and with how much: so little of the most wanted that some orders run out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from local.demo.baskets import Basket
from local.serve.program import finished, module

PRODUCTS: Final = 5
# Of what is wanted in all, in percent. Many orders end otherwise, and take nothing or give it back.
IN_STOCK: Final = 40


def levels_for(baskets: Iterable[Basket]) -> dict[str, int]:
    """Pieces by product."""
    wanted, orders = Counter[str](), Counter[str]()
    for basket in baskets:
        for line in basket.lines:
            wanted[line.product_id] += line.quantity
        orders.update({line.product_id for line in basket.lines})
    return {product_id: wanted[product_id] * IN_STOCK // 100 for product_id, _ in orders.most_common(PRODUCTS)}


async def put_in(levels: Mapping[str, int], settings: Mapping[str, str]) -> None:
    """As an operator does it. Raises ProgramFailed."""
    pairs = (f"{product_id}={level}" for product_id, level in levels.items())
    command = module("ops", "stock", "set", *pairs)
    await finished("stock", command, settings=settings, hear=lambda *_: None)
