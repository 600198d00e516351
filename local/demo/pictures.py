"""Everything that must agree in the end: what was asked, what is stored, what the API answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from local.demo.promises import Promise
from local.demo.published import everything_published
from local.demo.rows import Json
from local.demo.shop import Shop
from local.demo.store import Store

# Each is some twenty reads, and what it is told is judged for every order from what is stored.
ASKED_WHY: Final = 20


@dataclass(frozen=True, slots=True)
class Pictures:
    """`promises` are by order, `put_in` is the first level of every stock-managed product.

    `answered` are the rows as customers get them, `board_answered` as administrators do; `published` is by partition,
    `why` what the API says led to some of the orders.
    """

    promises: Mapping[str, Promise]
    put_in: Mapping[str, int]
    events: Sequence[Json]
    stored: Sequence[Json]
    board: Sequence[Json]
    answered: Sequence[Json]
    board_answered: Sequence[Json]
    totals: Sequence[Json]
    sagas: Sequence[Json]
    stock: Sequence[Json]
    payments: Sequence[Json]
    shipments: Sequence[Json]
    poison: Sequence[Json]
    published: Mapping[str, Sequence[Json]]
    why: Mapping[str, Json]


async def taken(
    shop: Shop, stored: Store, *, hubs: str, promises: Mapping[str, Promise], put_in: Mapping[str, int]
) -> Pictures:
    """Of an app in which nothing goes on any more; `hubs` is the connection string of Event Hubs.

    Raises what the shop's door raises, and NotRead.
    """
    return Pictures(
        promises=promises,
        put_in=put_in,
        events=await stored.everything("orders"),
        stored=await stored.everything("customer-orders"),
        board=await stored.everything("order-board"),
        answered=await shop.rows_of({promise.row.customer_id for promise in promises.values()}),
        board_answered=await shop.board(),
        totals=[*await stored.everything("daily-sales"), *await stored.everything("product-sales")],
        sagas=await stored.everything("sagas"),
        stock=await stored.everything("stock"),
        payments=await stored.everything("payments"),
        shipments=await stored.everything("shipments"),
        poison=await stored.everything("poison"),
        published=await everything_published(hubs),
        why=await shop.why(sorted(promises)[:ASKED_WHY]),
    )
