"""The saga and its machine without one of their rules."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from orders.effects import UndoPayment
from orders.order import Order
from sagas.fulfilment import fulfilment
from shared.kernel import Ask, Progress, Saga
from shared.kernel.saga import CLOSING, SETTLING
from tests.sagas.enumeration.left_out import CANCELLED, SHIPPED, TWO, Covered, LeftOut
from tests.sagas.enumeration.rulebook import Rules
from tests.sagas.enumeration.without import running, step, stepping

type Left = Callable[[str, Order, bool], Ask | None]


class UndoingFirst[S, E](Saga[S, E]):
    """Undoes while the order still stands, and cancels it then."""

    def wanted(self, progress: Progress, stream: str, state: S) -> tuple[Ask, ...]:
        undone = self._left(progress, stream, state) if progress.phase == CLOSING else ()
        return undone or super().wanted(progress, stream, state)


class Impatient[S, E](Saga[S, E]):
    """Nothing is waited for once the order does not stand any more."""

    def due(self, progress: Progress, state: S) -> datetime | None:
        return None if progress.phase == SETTLING else super().due(progress, state)


class Forgetful[S, E](Saga[S, E]):
    """Does not remember which answers were no events."""

    def _left(self, progress: Progress, stream: str, state: S) -> tuple[Ask, ...]:
        return super()._left(replace(progress, done=()), stream, state)


def _without_intent(name: str) -> Rules:
    def act(stream: str, order: Order) -> Ask:
        return replace(step(name).act(stream, order), before=None)

    return stepping(name, act=act)


def _released_only(*states: str) -> Rules:
    def left(stream: str, order: Order, late: bool) -> Ask | None:
        return step("hold_stock").left(stream, order, late) if order.has_left or order.stock in states else None

    return stepping("hold_stock", left=left)


def _stock_left(*, is_consumed: bool) -> Rules:
    def left(stream: str, order: Order, late: bool) -> Ask | None:
        return step("hold_stock").left(stream, order, late) if order.has_left is not is_consumed else None

    return stepping("hold_stock", left=left)


def _owes(left: Callable[[Left, str, Order, bool], Ask | None]) -> Rules:
    """What is left of the payment, said otherwise."""
    real = step("take_payment").left
    return stepping("take_payment", left=lambda stream, order, late: left(real, stream, order, late))


def _a_timeout_is_a_failure(real: Left, stream: str, order: Order, late: bool) -> Ask | None:
    is_unheard = order.payment == "requested" and not order.is_with_customer
    return None if is_unheard else real(stream, order, late)


def _patient_for_ever(real: Left, stream: str, order: Order, _: bool) -> Ask | None:
    return real(stream, order, False)


def _undone_when_late(real: Left, stream: str, order: Order, late: bool) -> Ask | None:
    ask = real(stream, order, late)
    return Ask("undo_payment", effect=UndoPayment(stream)) if ask and ask.name == "close_payment" else ask


def _nothing(_: str, __: Order, ___: bool) -> None:
    return None


@dataclass(frozen=True)
class _Never:
    """Nothing is ever an instance of it."""


MACHINE: Final = (
    LeftOut("intent before a capture", _without_intent("take_payment")),
    LeftOut("intent before a shipment", _without_intent("ship")),
    LeftOut("cancel first, undo after", running(UndoingFirst), SHIPPED),
    LeftOut("only what stands goes on", Rules(saga=replace(fulfilment, stands=lambda _: True)), CANCELLED),
    LeftOut("a deadline also while settling", running(Impatient), SHIPPED),
    LeftOut("silent answers are remembered", running(Forgetful), SHIPPED),
    LeftOut("hold_stock: goes on when it is done", stepping("hold_stock", done_on=_Never)),
    LeftOut("take_payment: goes on when it is done", stepping("take_payment", done_on=_Never)),
    LeftOut("hold_stock: ends when it has failed", stepping("hold_stock", failed_on=_Never)),
    LeftOut("take_payment: ends when it has failed", stepping("take_payment", failed_on=_Never)),
    LeftOut("ship: ends when it has failed", stepping("ship", failed_on=_Never)),
    LeftOut("ship: closed when its time is up", stepping("ship", close=None)),
)  # fmt: skip

LEFT: Final = (
    LeftOut("hold_stock: what is left", stepping("hold_stock", left=_nothing)),
    LeftOut("hold_stock: what has left is consumed", _stock_left(is_consumed=True), SHIPPED),
    LeftOut("hold_stock: what has not is released", _stock_left(is_consumed=False)),
    LeftOut("hold_stock: released whatever it answered", _released_only("held")),
    LeftOut("hold_stock: released also when refused", _released_only("none", "held"), TWO),
    LeftOut("take_payment: what is left", stepping("take_payment", left=_nothing)),
    LeftOut("take_payment: a timeout is no failure", _owes(_a_timeout_is_a_failure)),
    LeftOut("take_payment: closed when its time is up", _owes(_patient_for_ever), SHIPPED),
    LeftOut("take_payment: closed, not undone", _owes(_undone_when_late), SHIPPED),
)  # fmt: skip

LEFT_OUT: Final = (*MACHINE, *LEFT)

COVERED: Final = (
    Covered("ship: goes on when it is done", stepping("ship", done_on=_Never), "what is shipped stands no more"),
)  # fmt: skip
