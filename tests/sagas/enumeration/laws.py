"""What has to hold: at every moment, whenever nothing is left to do, and in the end whatever the providers do."""

from typing import Final, Literal, get_args

from orders.order import Order
from tests.sagas.enumeration.endings import Ending, Endings, Manner
from tests.sagas.enumeration.moments import State
from tests.sagas.enumeration.turns import Turns, is_by_hand

_STEPS: Final = frozenset({"hold_stock", "take_payment", "ship"})
_UNSPOILT: Final = {"stock": {"none", "held"}, "payment": {"none", "requested", "captured"}}
MANNERS: Final[tuple[Manner, ...]] = get_args(Manner.__value__)


class Laws:
    """`broken` says which one is, in words; empty when none."""

    def __init__(self, turns: Turns) -> None:
        self._turns, self._memory = turns, turns.memory
        self._endings = Endings(turns)
        self._ended: dict[State, str] = {}

    def broken(self, state: State) -> str:
        return state.wrong or self._now(state) or self._in_the_end(state)

    def _now(self, state: State) -> str:
        if is_by_hand(self._memory, state) and state.books.shipment == "done":
            return "SHIPMENT: two parcels, one made by hand"
        return self.books(state) if self._endings.is_quiet(state) else ""

    def books(self, state: State) -> str:
        """The providers' books against the order, when nothing is left to do."""
        order = self._memory.order(state.order)
        return self._money(order, state) or self._stock(order, state) or self._shipment(order, state)

    def _money(self, order: Order, state: State) -> str:
        if order.is_with_customer and order.payment == "refunded":
            return "MONEY: given back to who keeps the goods"
        is_owed = order.is_with_customer and not order.is_waived
        is_kept = state.books.payment == "done"
        told = f"{order.status}{', waived' * order.is_waived}, {'' if is_kept else 'not '}captured"
        return "" if is_owed == is_kept else f"MONEY: {told}"

    def _stock(self, order: Order, state: State) -> str:
        states = [shelf.state for shelf in state.books.shelves]
        if "held" in states:
            return "STOCK: a hold is left"
        if not order.has_left:
            return "STOCK: consumed, and never left" if {"consumed", "short"} & {*states} else ""
        if state.place is None:
            return ""
        # Who skips the hold lets goods go that nobody has set aside, as one does who ships by hand.
        is_held = order.shipment == "done" and "skip" not in self._turns.scenario.users
        left_by_saga = {"consumed"} if is_held else {"consumed", "short", "refused"}
        allowed = left_by_saga if self._turns.scenario.is_managed else {"consumed", "short", "refused", "voided"}
        return "" if allowed.issuperset(states) else f"STOCK: it has left, and the shelves say {states}"

    def _shipment(self, order: Order, state: State) -> str:
        is_ours, is_there = order.shipment == "done", state.books.shipment == "done"
        return "" if is_ours == is_there else f"SHIPMENT: shipped {is_ours}, a parcel {is_there}"

    def _in_the_end(self, state: State) -> str:
        alone = self._endings.alone(state)
        if alone not in self._ended:
            self._ended[alone] = next(filter(None, (self._end(alone, manner) for manner in MANNERS)), "")
        return self._ended[alone]

    def _end(self, alone: State, manner: Manner) -> str:
        ending = self._endings.of(alone, manner)
        wrong = ending.state.wrong or self._never(ending) or self.books(ending.state)
        wrong = wrong or self._in_vain(alone, ending, manner) or self._awaited(ending, manner)
        return f"in the end ({manner}): {wrong}" if wrong else ""

    def _never(self, ending: Ending) -> str:
        return "" if ending.is_quiet else "it never ends"

    def _awaited(self, ending: Ending, manner: Manner) -> str:
        """Time is for those who do not answer."""
        answers: set[Literal["accepts", "refuses", "silent", "mute"]] = {"accepts", "refuses"}
        return "waited for a deadline, though all was answered" if manner in answers and ending.rang else ""

    def _in_vain(self, alone: State, ending: Ending, manner: Manner) -> str:
        """What can be finished is."""
        if manner != "accepts" or not self._is_promising(alone):
            return ""
        return "" if self._memory.order(ending.state.order).is_with_customer else "given up, though all was accepted"

    def _is_promising(self, state: State) -> bool:
        order, books = self._memory.order(state.order), state.books
        if not order.is_pending or order.stock not in _UNSPOILT["stock"] or order.payment not in _UNSPOILT["payment"]:
            return False
        if order.shipment == "refused" or state.reports:
            return False
        if not {books.payment, books.shipment, *(shelf.state for shelf in books.shelves)} <= {None, "done", "held"}:
            return False
        if state.place is None:
            return True
        place = self._memory.place(state.place)
        return place.phase in _STEPS and not place.is_late
