"""The demo's customers: each places its baskets over HTTP and changes its mind about some of them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final
from zlib import crc32

from local.demo.baskets import Basket
from local.demo.door import Door, UnexpectedAnswer, asked
from local.demo.journey import QUIET, Journey, journey_of
from local.demo.promises import DELETED, Promise, Promises
from local.demo.rows import Json, ViewRow, from_answer, moment

AT_ONCE: Final = 8
OK, CREATED, NO_CONTENT, UNKNOWN, TOO_LATE = 200, 201, 204, 404, 409


def lanes(baskets: Iterable[Basket], count: int) -> tuple[tuple[Basket, ...], ...]:
    """All baskets of a customer are in one lane, in their order."""
    split: tuple[list[Basket], ...] = tuple([] for _ in range(count))
    for basket in baskets:
        split[crc32(basket.customer_id.encode()) % count].append(basket)
    return tuple(tuple(lane) for lane in split)


async def _at_once(_: Sized) -> None:
    """There is always room."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Each method raises UnexpectedAnswer, and whatever the door raises."""

    door: Door

    async def place_all(
        self,
        baskets: Sequence[Basket],
        show: Callable[[int], None],
        *,
        room: Callable[[Sized], Awaitable[None]] = _at_once,
    ) -> Promises:
        """As fast as they are taken. `show` is told how many baskets have made their journey.

        `room` is given what was placed and lets the customers wait while that is too much.
        """
        promises = Promises()

        async def walk(lane: Iterable[Basket]) -> None:
            for basket in lane:
                await room(promises.answered_at)
                await self._journey(basket, journey_of(basket.basket_id), promises)
                show(len(promises.kept))

        await together(walk(lane) for lane in lanes(baskets, AT_ONCE))
        return promises

    async def place_paced(
        self,
        baskets: Sequence[Basket],
        show: Callable[[int], None],
        *,
        per_second: float,
        journey: Callable[[int], Journey] = lambda _: QUIET,
    ) -> Promises:
        """Each at its moment, however long the ones before it take."""
        promises, began = Promises(), monotonic()

        async def at_its_moment(number: int, basket: Basket) -> None:
            await asyncio.sleep(began + number / per_second - monotonic())
            await self._journey(basket, journey(basket.basket_id), promises)
            show(len(promises.kept))

        await together(at_its_moment(*each) for each in enumerate(baskets))
        return promises

    async def rows_of(self, customers: Iterable[str]) -> list[Json]:
        """The view as the API answers it, customer by customer."""
        waiting, rows = iter(sorted(customers)), list[Json]()

        async def ask() -> None:
            for customer in waiting:
                rows.extend(await self._pages(f"/api/customers/{customer}/orders?limit=1000"))

        await together(ask() for _ in range(AT_ONCE))
        return rows

    async def board(self) -> list[Json]:
        """All orders as administrators see them, page by page."""
        return await self._pages("/api/orders?limit=200")

    async def why(self, orders: Iterable[str]) -> Mapping[str, Json]:
        """What the API says led to each."""
        replies = {
            order_id: asked(self.door, "GET", f"/api/orders/{order_id}/why", accepts=(OK,)) for order_id in orders
        }
        return {order_id: (await reply).body for order_id, reply in replies.items()}

    async def feeds(self) -> Sequence[Json]:
        feeds: Sequence[Json] = (await asked(self.door, "GET", "/health/feeds", accepts=(OK,))).body["feeds"]
        return feeds

    async def _journey(self, basket: Basket, journey: Journey, promises: Promises) -> None:
        sent_at = datetime.now(UTC)
        placed = await self._place(basket, journey.token)
        order_id = placed["orderId"]
        promises.answered_at[order_id], promises.sent_at[order_id] = monotonic(), sent_at
        if journey.is_asked_twice and (again := (await self._place(basket, journey.token))["orderId"]) != order_id:
            raise UnexpectedAnswer(f"one Idempotency-Key made two orders: {order_id} and {again}")
        promise, path = Promise(_promised(basket, placed)), f"/api/orders/{order_id}"
        for status in journey.moves:
            body = {"status": status}
            if (await asked(self.door, "PATCH", f"{path}/status", body=body, accepts=(OK, TOO_LATE))).status == OK:
                promise = replace(promise, last=status)
        if journey.is_deleted:
            # Unknown says the same as done: an answer may have been lost on its way.
            reply = await asked(self.door, "DELETE", path, accepts=(NO_CONTENT, UNKNOWN, TOO_LATE))
            promise = promise if reply.status == TOO_LATE else replace(promise, last=DELETED)
        promises.kept[order_id] = promise

    async def _place(self, basket: Basket, token: str) -> Json:
        headers = {"Idempotency-Key": f"basket-{basket.basket_id}"}
        body = {**_order(basket), "paymentToken": token}
        reply = await asked(self.door, "POST", "/api/orders", body=body, headers=headers, accepts=(CREATED,))
        answer: Json = reply.body
        return answer

    async def _pages(self, path: str) -> list[Json]:
        rows: list[Json] = []
        while path:
            page = await asked(self.door, "GET", path, accepts=(OK,))
            rows.extend(page.body)
            path = page.following
        return rows


async def together(parts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """The first part that fails speaks for all; the others are cancelled."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except ExceptionGroup as several:
        raise several.exceptions[0] from several


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


def _promised(basket: Basket, placed: Json) -> ViewRow:
    """From the basket itself: the answer only adds what the API chose. Raises BadRow for an answer that is no order."""
    answer = from_answer(placed)
    return ViewRow(
        order_id=answer.order_id,
        customer_id=basket.customer_id,
        status="pending",
        lines=basket.lines,
        total_cents=basket.total_cents,
        created_at=moment(placed["createdAt"]),
    )
