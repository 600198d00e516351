"""A payment provider for the sandbox: it keeps a book of its own, and an order's payment token says how it behaves.

`tok_ok` charges. `tok_declined`, and any token that it does not know, is declined. `tok_timeout_not_charged` never
charges and never answers; `tok_timeout_charged` charges and never answers. `tok_late` is not answered either; its
charge reaches the book `late_seconds` later and is then told by webhook. `tok_duplicate_answer` is answered twice, once
by webhook. `tok_slow` takes `slow_seconds`. Undo and close are always answered. Tokens never leave this module.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateways.acts import ActState, ActVerb
from gateways.book import Book, Entry
from orders.events import Answer, PaymentCaptured, PaymentDeclined, PaymentRefunded
from shared.kernel import Failure, Money, Refused, Transient
from shared.ports import BucketStore, Item

PAYMENTS: Final = "payments"
LATE_TRIES: Final = 5

_REASONS: Final[Mapping[ActState, str]] = {
    "refused": "declined",
    "voided": "closed before anything was charged",
    "undone": "given back already",
}
_ASKS: Final[Mapping[ActVerb, str]] = {"act": "capture_payment", "close": "close_payment", "undo": "undo_payment"}


@dataclass(frozen=True, slots=True)
class SandboxPayments:
    """The simulated `Payments`.

    `tokens` gives an order's payment token, `webhook` hears answers that nobody waits for; `late_seconds` is to be
    longer than the longest deadline of a payment.
    """

    store: BucketStore
    tokens: Callable[[str], Awaitable[str]]
    webhook: Callable[[str, Answer], Awaitable[None]]
    late_seconds: float
    slow_seconds: float = 1.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _late: dict[str, asyncio.Task[None]] = field(default_factory=dict, init=False, repr=False)

    async def capture(self, order_id: str, amount: Money) -> PaymentCaptured | PaymentDeclined:
        match await self.tokens(order_id):
            case "tok_ok":
                return await self._charge(order_id, amount)
            case "tok_slow":
                await self.sleep(self.slow_seconds)
                return await self._charge(order_id, amount)
            case "tok_duplicate_answer":
                answer = await self._charge(order_id, amount)
                await self.webhook(order_id, answer)
                return answer
            case "tok_timeout_charged":
                await self._charge(order_id, amount)
            case "tok_late":
                self._charge_later(order_id, amount)
            case "tok_timeout_not_charged":
                pass
            case _:
                return await self._charge(order_id, amount, accepts=False)
        raise Transient(f"{PAYMENTS}: no answer for order {order_id}")

    async def undo(self, order_id: str) -> PaymentRefunded | PaymentDeclined:
        entry = await self._settle(order_id, "undo")
        return PaymentRefunded(amount_of(entry)) if entry.state == "undone" else _declined(entry)

    async def close(self, order_id: str) -> PaymentCaptured | PaymentDeclined | PaymentRefunded:
        entry = await self._settle(order_id, "close")
        match entry.state:
            case "done":
                return PaymentCaptured(amount_of(entry))
            case "undone":
                return PaymentRefunded(amount_of(entry))
            case "refused" | "voided":
                return _declined(entry)

    async def _charge(self, order_id: str, amount: Money, *, accepts: bool = True) -> PaymentCaptured | PaymentDeclined:
        facts = {"minor": amount.minor, "currency": amount.currency}
        entry = await self._settle(order_id, "act", accepts=accepts, facts=facts)
        return PaymentCaptured(amount_of(entry)) if entry.state == "done" else _declined(entry)

    async def _settle(self, order_id: str, verb: ActVerb, *, accepts: bool = True, facts: Item | None = None) -> Entry:
        return await payment_book(self.store).settle(order_id, verb, accepts=accepts, facts=facts)

    def _charge_later(self, order_id: str, amount: Money) -> None:
        """Asked again meanwhile, no second charge is sent. The only task here that outlives its call."""
        if order_id in self._late:
            return
        task = asyncio.create_task(self._arrive(order_id, amount))
        self._late[order_id] = task
        task.add_done_callback(lambda _: self._late.pop(order_id))

    async def _arrive(self, order_id: str, amount: Money) -> None:
        for _ in range(LATE_TRIES):
            await self.sleep(self.late_seconds)
            try:
                await self.webhook(order_id, await self._charge(order_id, amount))
            except (Failure, Refused):
                # To be late once more is what this token is for; after the last try the order never hears of it.
                continue
            return


def payment_book(store: BucketStore) -> Book:
    return Book(PAYMENTS, "Payment", store, _ASKS)


def amount_of(entry: Entry) -> Money:
    return Money(int(str(entry.facts["minor"])), str(entry.facts["currency"]))


def _declined(entry: Entry) -> PaymentDeclined:
    return PaymentDeclined(_REASONS[entry.state])
