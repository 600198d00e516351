"""The rules that a search goes by: the app's own pure functions, each replaceable by one that leaves a rule out.

Only what the gateways say of a state they found is repeated here, because they say it between two waits; a test holds
it to the gateways' own cells.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from gateways import acts, holds
from gateways.acts import ActState, ActVerb
from gateways.holds import HoldState, HoldVerb, Move
from orders.commands import OrderCommand
from orders.decider import order
from orders.events import (
    Answer,
    OrderEvent,
    OrderShipped,
    PaymentCaptured,
    PaymentDeclined,
    PaymentRefunded,
    ShippingRefused,
)
from orders.order import Order
from sagas.fulfilment import fulfilment
from shared.kernel import Money, Saga

AMOUNT: Final = Money(500, "USD")


class ActTransition(Protocol):
    def __call__(self, state: ActState | None, verb: ActVerb, *, accepts: bool = True) -> ActState: ...


@dataclass(frozen=True, slots=True)
class Provider:
    """`forgets` names the states that it answers with and does not write down; a real one has none."""

    transition: ActTransition = acts.transition
    forgets: frozenset[ActState] = frozenset()


@dataclass(frozen=True, slots=True)
class Stockroom:
    transition: Callable[[HoldState | None, HoldVerb, int | None, int], Move] = holds.transition
    grants: Callable[[HoldState | None], bool] = holds.is_granted
    forgets: frozenset[HoldState] = frozenset()


def paid(verb: ActVerb, state: ActState) -> Answer:
    match verb, state:
        case "act" | "close", "done":
            return PaymentCaptured(AMOUNT)
        case "undo" | "close", "undone":
            return PaymentRefunded(AMOUNT)
        case _:
            return PaymentDeclined("")


def carried(_: ActVerb, state: ActState) -> Answer:
    return OrderShipped(by_hand=False) if state == "done" else ShippingRefused("")


@dataclass(frozen=True, slots=True)
class Rules:
    """`opens` says on which orders a saga is begun.

    `whoever_comes_reads`: the stream is read to its end by everybody who goes on, and not only by the feed.
    """

    decide: Callable[[Order | None, OrderCommand], tuple[OrderEvent, ...]] = order.decide
    saga: Saga[Order, OrderEvent] = fulfilment
    stock: Stockroom = field(default_factory=Stockroom)
    payments: Provider = field(default_factory=Provider)
    carrier: Provider = field(default_factory=Provider)
    paid: Callable[[ActVerb, ActState], Answer] = paid
    carried: Callable[[ActVerb, ActState], Answer] = carried
    opens: Callable[[Order], bool] = fulfilment.stands
    whoever_comes_reads: bool = True


REAL: Final = Rules()
