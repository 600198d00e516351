"""The demo's customers: each places its baskets in their order over HTTP, several customers at a time."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final
from zlib import crc32

import aiohttp

from local.demo.baskets import Basket
from local.demo.journey import journey_of
from local.demo.rows import Json, ViewRow, from_answer, moment

AT_ONCE: Final = 8
CREATED, OK, NO_CONTENT = 201, 200, 204


class UnexpectedAnswer(Exception):  # noqa: N818 - the name says what came
    """The API answered something else than the contract says. Only its status and code are told, never a body."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the API has promised: rows by order (None once deleted), and when each order's 201 was read."""

    rows: dict[str, ViewRow | None] = field(default_factory=dict)
    answered_at: dict[str, float] = field(default_factory=dict)
    steps: list[int] = field(default_factory=list)


def lanes(baskets: Iterable[Basket], count: int) -> tuple[tuple[Basket, ...], ...]:
    """All baskets of a customer are in one lane, in their order."""
    split: tuple[list[Basket], ...] = tuple([] for _ in range(count))
    for basket in baskets:
        split[crc32(basket.customer_id.encode()) % count].append(basket)
    return tuple(tuple(lane) for lane in split)


@dataclass(frozen=True, slots=True)
class Shop:
    session: aiohttp.ClientSession
    api_url: str

    async def place_all(self, baskets: Sequence[Basket], show: Callable[[int], None]) -> Acknowledged:
        """Raises UnexpectedAnswer. `show` is told how many baskets have made their journey."""
        promises = Acknowledged()

        async def walk(lane: Iterable[Basket]) -> None:
            for basket in lane:
                await self._journey(basket, promises)
                show(len(promises.steps))

        await _together(walk(lane) for lane in lanes(baskets, AT_ONCE))
        return promises

    async def rows_of(self, customers: Iterable[str]) -> list[Json]:
        """The view as the API answers it, customer by customer."""
        waiting, rows = iter(sorted(customers)), list[Json]()

        async def ask() -> None:
            for customer in waiting:
                rows.extend(await self._pages(f"{self.api_url}/api/customers/{customer}/orders?limit=1000"))

        await _together(ask() for _ in range(AT_ONCE))
        return rows

    async def feeds(self) -> Sequence[Json]:
        async with self.session.get(f"{self.api_url}/health/feeds") as response:
            feeds: Sequence[Json] = (await _content(response, OK))["feeds"]
            return feeds

    async def _journey(self, basket: Basket, promises: Acknowledged) -> None:
        journey = journey_of(basket.basket_id)
        placed = await self._place(basket)
        order_id = placed["orderId"]
        promises.answered_at[order_id] = monotonic()
        if journey.is_asked_twice and (again := (await self._place(basket))["orderId"]) != order_id:
            raise UnexpectedAnswer(f"one Idempotency-Key made two orders: {order_id} and {again}")
        url = f"{self.api_url}/api/orders/{order_id}"
        for status in journey.moves:
            async with self.session.patch(f"{url}/status", json={"status": status}) as response:
                await _content(response, OK)
        if journey.is_deleted:
            async with self.session.delete(url) as response:
                await _content(response, NO_CONTENT)
        promises.steps.append(journey.steps)
        promises.rows[order_id] = None if journey.is_deleted else _promised(basket, placed, journey.last_status)

    async def _place(self, basket: Basket) -> Json:
        key = {"Idempotency-Key": f"basket-{basket.basket_id}"}
        async with self.session.post(f"{self.api_url}/api/orders", json=_order(basket), headers=key) as response:
            answer: Json = await _content(response, CREATED)
            return answer

    async def _pages(self, url: str) -> list[Json]:
        rows: list[Json] = []
        while url:
            async with self.session.get(url) as response:
                rows.extend(await _content(response, OK))
                url = str(response.links["next"]["url"]) if "next" in response.links else ""
        return rows


async def _together(parts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """The first part that fails speaks for all; the others are cancelled."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except ExceptionGroup as several:
        raise several.exceptions[0] from several


async def _content(response: aiohttp.ClientResponse, wanted: int) -> Any:  # noqa: ANN401 - JSON of several shapes
    text = await response.text()
    if response.status == wanted:
        return await response.json() if text else None
    code = (await response.json()).get("code") if "json" in response.content_type else None
    raise UnexpectedAnswer(f"{response.method} {response.url.path} answered {response.status} {code or ''}".rstrip())


def _order(basket: Basket) -> Mapping[str, object]:
    items = [
        {
            "productId": line.product_id,
            "productName": line.product_name,
            "quantity": line.quantity,
            "unitPrice": line.unit_cents / 100,
        }
        for line in basket.lines
    ]
    return {"customerId": basket.customer_id, "items": items}


def _promised(basket: Basket, placed: Json, status: str) -> ViewRow:
    """From the basket itself: the answer only adds what the API chose. Raises BadRow for an answer that is no order."""
    answer = from_answer(placed)
    return ViewRow(
        order_id=answer.order_id,
        customer_id=basket.customer_id,
        status=status,
        lines=basket.lines,
        total_cents=basket.total_cents,
        created_at=moment(placed["createdAt"]),
    )
