"""The last part of a run: few orders, one at a time, to see how long one takes when the app has time for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from local.demo.baskets import Basket
from local.demo.rows import Json, moment

PER_SECOND: Final = 5
_A_TENTH: Final = 10
AT_LEAST: Final = 25


def parts(baskets: Sequence[Basket]) -> tuple[list[Basket], list[Basket]]:
    """What is placed at once, and what is placed at a pace: a tenth, but enough to measure, and never most of it.

    At a pace go the baskets with the fewest lines, because each line is a product to be held and to be counted: what
    is measured is an order, and not how long a list is. Both parts keep the baskets' order.
    """
    count = min(max(AT_LEAST, len(baskets) // _A_TENTH), len(baskets) // 2)
    smallest = {basket.basket_id for basket in sorted(baskets, key=lambda basket: len(basket.lines))[:count]}
    return (
        [basket for basket in baskets if basket.basket_id not in smallest],
        [basket for basket in baskets if basket.basket_id in smallest],
    )


def shipped_ms(sent_at: Mapping[str, datetime], events: Iterable[Json]) -> list[float]:
    """Sorted. The app's clock and the customers' are this machine's."""
    shipped = {event["orderId"]: moment(event["at"]) for event in events if event["type"] == "OrderShipped"}
    return sorted((shipped[each] - sent_at[each]) / timedelta(milliseconds=1) for each in shipped.keys() & sent_at)
