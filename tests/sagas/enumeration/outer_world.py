"""What an effect may do to the providers' books, one transaction at a time, and what its caller may then hear."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from gateways.acts import ActState, ActVerb
from gateways.holds import HoldState, HoldVerb, Move
from orders.effects import (
    BookShipment,
    CapturePayment,
    ClosePayment,
    CloseShipment,
    ConsumeStock,
    HoldStock,
    ReleaseStock,
    UndoPayment,
)
from orders.events import Answer, StockHeld, StockRefused, StockReleased
from tests.sagas.enumeration.moments import Books, Shelf
from tests.sagas.enumeration.rulebook import Provider, Rules, Stockroom

_STOCK: Final[dict[type, HoldVerb]] = {HoldStock: "hold", ReleaseStock: "release", ConsumeStock: "consume"}
_PAYMENT: Final[dict[type, ActVerb]] = {CapturePayment: "act", UndoPayment: "undo", ClosePayment: "close"}
_SHIPMENT: Final[dict[type, ActVerb]] = {BookShipment: "act", CloseShipment: "close"}
ACTS: Final = (HoldStock, CapturePayment, BookShipment)
WEIGHING: Final = frozenset({"held", "consumed"})


class Happened(NamedTuple):
    """`answers` can be heard from now on; `is_silent`: an answer that is no event can."""

    label: str
    books: Books
    answers: tuple[Answer, ...] = ()
    is_silent: bool = False
    wrong: str = ""


def carried_out(rules: Rules, books: Books, effect: object) -> Iterator[Happened]:
    """Each way in which one transaction of it may end: what the provider wants first, what it may refuse last."""
    kind = type(effect)
    if verb := _STOCK.get(kind):
        yield from _stock(rules.stock, books, verb)
    if act := _PAYMENT.get(kind):
        for after, answer in _act(rules.payments, rules.paid, books.payment, act):
            yield Happened(f"payment {act}: {after}", books._replace(payment=after), (answer,))
    if act := _SHIPMENT.get(kind):
        for after, answer in _act(rules.carrier, rules.carried, books.shipment, act):
            yield Happened(f"shipment {act}: {after}", books._replace(shipment=after), (answer,))


def _act(
    provider: Provider, said: Callable[[ActVerb, ActState], Answer], state: ActState | None, verb: ActVerb
) -> Iterator[tuple[ActState | None, Answer]]:
    for accepts in (True, False):
        after = provider.transition(state, verb, accepts=accepts)
        yield state if after in provider.forgets else after, said(verb, after)


def _stock(stock: Stockroom, books: Books, verb: HoldVerb) -> Iterator[Happened]:
    for place, shelf in enumerate(books.shelves):
        for available in _levels(shelf):
            move = stock.transition(shelf.state, verb, available, 1)
            after = _after(stock, shelf, verb, move.state)
            shelves = (*books.shelves[:place], after, *books.shelves[place + 1 :])
            # Products are alike: which of them it was is not told apart.
            known = books._replace(shelves=tuple(sorted(shelves, key=str)))
            yield Happened(f"{verb} a line: {after.state}", known, wrong=_weighed(shelf, move, available))
    yield from _answered(stock, books, verb)


def _after(stock: Stockroom, shelf: Shelf, verb: HoldVerb, state: HoldState | None) -> Shelf:
    kept = shelf.state if state in stock.forgets else state
    if verb != "hold":
        return shelf._replace(state=kept)
    granted = stock.grants(state)
    return shelf._replace(state=kept, granted=shelf.granted or granted, refused=shelf.refused or not granted)


def _weighed(shelf: Shelf, move: Move, available: int | None) -> str:
    if move.taken != (move.state in WEIGHING) - (shelf.state in WEIGHING):
        return "STOCK: pieces came from nowhere, or are gone"
    return "STOCK: taken from an empty level" if available == 0 and move.taken > 0 else ""


def _levels(shelf: Shelf) -> tuple[int | None, ...]:
    return (1, 0) if shelf.has_level else (None,)


def _answered(stock: Stockroom, books: Books, verb: HoldVerb) -> Iterator[Happened]:
    """A call has its answer when it has seen every line, each at a moment of its own."""
    if verb == "hold":
        held = all(shelf.granted for shelf in books.shelves)
        seen = all(shelf.granted or shelf.refused for shelf in books.shelves)
        said: list[Answer] = [StockHeld()] if held else []
        said += [StockRefused("")] if seen and any(shelf.refused for shelf in books.shelves) else []
        if said:
            yield Happened("hold answers", books, tuple(said))
    elif all(_is_through(stock, shelf, verb) for shelf in books.shelves):
        released = verb == "release"
        yield Happened(f"{verb} answers", books, (StockReleased(),) if released else (), is_silent=not released)


def _is_through(stock: Stockroom, shelf: Shelf, verb: HoldVerb) -> bool:
    """It may have been asked already: asked again, it would change nothing."""
    ends = (stock.transition(shelf.state, verb, available, 1).state for available in _levels(shelf))
    return any(_after(stock, shelf, verb, state).state == shelf.state for state in ends)
