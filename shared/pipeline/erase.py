"""Forgets a customer: each of their orders says so, and then whatever the app keeps of them beside the events goes.

The event is what makes it last. Views end the customer's rows where they fold it, however late a page comes and however
often a row is grown again, and whoever reads what is published hears that there is something to erase. Nothing is
remembered beside the stores: whoever begins again finds done what was done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import batched
from typing import Any, Final, Literal

from shared.kernel import Conflict, Key, Poison, Refused, Transient
from shared.kernel.traces import Traces
from shared.pipeline.erase_parked import ORDERS, Parked
from shared.pipeline.transact import Cause, Transactor
from shared.ports import RowStore, Sweep

AT_ONCE: Final = 32
AGAIN: Final = 8
PRIVATE: Final = "private"


@dataclass(frozen=True, slots=True)
class Erased:
    """One order. An order under way still needs its customer: nothing of it was touched; neither of one that failed.

    `private` and `notices` count what went now; None for notices that are somewhere else.
    """

    order: str
    outcome: Literal["erased", "under way", "failed"]
    detail: str = ""
    private: int = 0
    notices: int | None = 0

    def as_row(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Erasure:
    """Every order that was there when it began, and how many parked records have lost their content."""

    orders: Sequence[Erased]
    parked: int


@dataclass(frozen=True, slots=True)
class Erase:
    """`command` asks a stream to forget; `said` are the properties of a private item by which its customer is found.

    `notices` removes what was told of an order, where that is within reach.
    """

    sweep: Sweep
    streams: Transactor[Any, Any, Any]
    rows: RowStore
    parked: Parked
    command: object
    said: Sequence[str]
    notices: Callable[[str], Awaitable[int]] | None

    async def forget(self, customer_id: str, *, cause: Cause) -> Erasure:
        """Reads every event there is. Raises Transient, after which it can be asked again."""
        orders = await self._orders(customer_id)
        asked = await _each(orders, lambda order: self._asked(order, cause))
        gone = [each.order for each in asked if each.outcome == "erased"]
        said = [text for texts in await _each(gone, self._said) for text in texts]
        # Before the private items, which say what to look for.
        traces = Traces(frozenset(gone), frozenset(said))
        parked = await self.parked.erase(customer_id, traces)
        return Erasure(await _each(asked, self._removed), parked)

    async def _orders(self, customer_id: str) -> list[str]:
        """From the events themselves: a view may be behind."""
        found = dict[str, None]()
        async for item in self.sweep.everything(ORDERS):
            if item.get("customerId") == customer_id and isinstance(order := item.get("orderId"), str):
                found[order] = None
        return list(found)

    async def _asked(self, order: str, cause: Cause) -> Erased:
        try:
            await self.streams.run(order, self.command, cause=cause)
        except Refused as refused:
            return Erased(order, "under way", str(refused))
        except Poison as poison:
            return Erased(order, "failed", str(poison))
        return Erased(order, "erased")

    async def _said(self, order: str) -> list[str]:
        private = await self.rows.read(ORDERS, Key(order, PRIVATE))
        return [str(private.item[name]) for name in self.said if private.item.get(name)] if private else []

    async def _removed(self, each: Erased) -> Erased:
        if each.outcome != "erased":
            return each
        private = await self._without_private(each.order)
        # Last: from now on nobody finds an address to write a notice to.
        notices = await self.notices(each.order) if self.notices else None
        return Erased(each.order, each.outcome, private=private, notices=notices)

    async def _without_private(self, order: str) -> int:
        for _ in range(AGAIN):
            private = await self.rows.read(ORDERS, Key(order, PRIVATE))
            if private is None:
                return 0
            try:
                await self.rows.delete(ORDERS, Key(order, PRIVATE), etag=private.etag)
            except Conflict:
                continue
            return 1
        raise Transient(f"{order}: its private item changed {AGAIN} times under our hands")


async def _each[T, R](values: Sequence[T], act: Callable[[T], Awaitable[R]]) -> list[R]:
    """In their order, a number of them at once."""
    done: list[R] = []
    for some in batched(values, AT_ONCE, strict=False):
        done += await asyncio.gather(*map(act, some))
    return done
