"""What the real functions answer, each asked once: orders, events and places of the saga as small numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from orders.commands import OrderCommand
from orders.events import Line, OrderEvent, OrderPlaced
from orders.order import Order
from shared.kernel import Ask, Money, Progress, Recorded, Refused
from shared.kernel.by_hand import NotPossible, compensate, skip
from shared.kernel.saga import Entered
from tests.sagas.enumeration.forward import backward
from tests.sagas.enumeration.rulebook import AMOUNT, Rules

EPOCH: Final = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
AFTER_EVERY_DEADLINE: Final = EPOCH + timedelta(days=1000)
STREAM: Final = "o1"
# What only people read.
_WORDS: Final = frozenset({"reason", "product_id", "tracking_id"})


class Place(NamedTuple):
    """A saga's progress without its times and its mark, which say only what is unseen."""

    phase: str
    is_late: bool = False
    done: tuple[str, ...] = ()


class Seen(NamedTuple):
    place: int
    order: int


@dataclass(slots=True)
class _Numbers[T]:
    known: list[T]
    numbers: dict[T, int]

    def of(self, value: T) -> int:
        if value not in self.numbers:
            self.numbers[value] = len(self.known)
            self.known.append(value)
        return self.numbers[value]


class Memory:
    """One for each search: every method asks the rules at most once for each of its arguments."""

    def __init__(self, rules: Rules, lines: int) -> None:
        self.rules, self.saga = rules, rules.saga
        self._orders: _Numbers[Order] = _Numbers([], {})
        self._events: _Numbers[OrderEvent] = _Numbers([], {})
        self._places: _Numbers[Place] = _Numbers([], {})
        placed = tuple(Line(f"product-{n}", "", 1, Money(AMOUNT.minor // lines, "USD")) for n in range(lines))
        self._placed = OrderPlaced(placed, AMOUNT)
        # Bound methods remember on their own, so that what is remembered goes with the search.
        self.decided, self.evolved, self.wanted = cache(self._decided), cache(self._evolved), cache(self._wanted)
        self.numbered = cache(self._numbered)
        self.saw, self.rang, self.has_ended = cache(self._saw), cache(self._rang), cache(self._has_ended)
        self.backward = cache(self._backward)
        self.skipped, self.given_up = cache(self._skipped), cache(self._given_up)

    def order(self, number: int) -> Order:
        return self._orders.known[number]

    def event(self, number: int) -> OrderEvent:
        return self._events.known[number]

    def place(self, number: int) -> Place:
        return self._places.known[number]

    def events(self) -> frozenset[str]:
        """The kinds of those that anybody has told."""
        return frozenset(type(event).__name__ for event in self._events.known)

    def phases(self) -> frozenset[str]:
        return frozenset(place.phase for place in self._places.known)

    def placed(self) -> int:
        state = self.saga.evolve(None, self._placed)
        assert state is not None
        return self._orders.of(state)

    def begun(self) -> int:
        return self._places.of(_place(self.saga.begin(_recorded(self._placed, 1))))

    def answered(self, place: int, ask: str) -> int:
        """After an answer that is no event."""
        known = self.place(place)
        return self._places.of(known._replace(done=tuple(sorted({*known.done, ask}))))

    def _decided(self, order: int, command: OrderCommand) -> tuple[int, ...] | None:
        """None when it is refused."""
        try:
            return tuple(map(self.numbered, self.rules.decide(self.order(order), command)))
        except Refused:
            return None

    def _numbered(self, event: OrderEvent) -> int:
        return self._events.of(_wordless(event))

    def _evolved(self, order: int, event: int) -> int:
        state = self.saga.evolve(self.order(order), self.event(event))
        assert state is not None
        return self._orders.of(state)

    def _backward(self, before: int, after: int) -> str:
        return backward(self.order(before), self.order(after))

    def _saw(self, place: int, seen: int, unseen: tuple[int, ...]) -> Seen:
        progress = _progress(self.saga.version, self.place(place))
        for sequence, event in enumerate(unseen, start=1):
            seen = self.evolved(seen, event)
            progress = self.saga.see(progress, self.order(seen), _recorded(self.event(event), sequence))
        return Seen(self._places.of(_place(progress)), seen)

    def _rang(self, place: int, seen: int) -> int:
        progress = _progress(self.saga.version, self.place(place))
        return self._places.of(_place(self.saga.ring(progress, self.order(seen), AFTER_EVERY_DEADLINE)))

    def _skipped(self, place: int, seen: int) -> int:
        return self._by_hand(skip, place, seen)

    def _given_up(self, place: int, seen: int) -> int:
        return self._by_hand(compensate, place, seen)

    def _by_hand(self, act: Callable[..., Progress], place: int, seen: int) -> int:
        """The same place when it is refused."""
        try:
            after = act(self.saga, self._progress_at(place), self.order(seen), now=EPOCH, cause="")
            return self._places.of(_place(after))
        except NotPossible:
            return place

    def _progress_at(self, place: int) -> Progress:
        return _progress(self.saga.version, self.place(place))

    def _wanted(self, place: int, seen: int) -> tuple[Ask, ...]:
        return self.saga.wanted(_progress(self.saga.version, self.place(place)), STREAM, self.order(seen))

    def _has_ended(self, place: int, seen: int) -> bool:
        return self.saga.has_ended(_progress(self.saga.version, self.place(place)), self.order(seen))


def names(asks: Iterable[Ask]) -> frozenset[str]:
    return frozenset(ask.name for ask in asks)


def _place(progress: Progress) -> Place:
    return Place(progress.phase, progress.is_late, tuple(sorted(set(progress.done))))


def _progress(version: int, place: Place) -> Progress:
    return Progress(version, 0, (Entered(place.phase, EPOCH),), place.is_late, place.done)


def _recorded(event: OrderEvent, sequence: int) -> Recorded[OrderEvent]:
    return Recorded(event, STREAM, "c1", sequence, EPOCH)


def _wordless(event: OrderEvent) -> OrderEvent:
    words: Any = {each.name: "" for each in fields(event) if each.name in _WORDS}
    return replace(event, **words) if words else event
