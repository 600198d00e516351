"""What can happen next: a person asks, a worker goes on, a provider acts, an answer arrives, the carrier reports.

A touch reads the stream and saves the saga in one turn: only a save depends on the saved saga, and the etag lets none
come in between. Everything else takes a turn for each thing that it writes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from orders.commands import DeleteOrder, MoveOrder, OrderCommand, Record, ReportParcel
from shared.kernel import Ask
from tests.sagas.enumeration.memory import Memory
from tests.sagas.enumeration.moments import Books, Report, Scenario, Shelf, State, Step, User
from tests.sagas.enumeration.outer_world import carried_out
from tests.sagas.enumeration.rulebook import Rules

_ASKED: Final[Mapping[User, OrderCommand]] = {
    "cancel": MoveOrder("cancelled"),
    "delete": DeleteOrder(),
    "ship": MoveOrder("shipped"),
    "deliver": MoveOrder("delivered"),
}
_REPORTS: Final[tuple[Report, ...]] = ("delivered", "lost", "returned")


class Told(NamedTuple):
    """What happened outside, with its answers as numbers."""

    label: str
    books: Books
    answers: frozenset[int]
    is_silent: bool
    wrong: str


class Turns:
    """All that may happen under these rules in this scenario."""

    def __init__(self, rules: Rules, scenario: Scenario) -> None:
        self.rules, self.scenario = rules, scenario
        self.memory = Memory(rules, scenario.lines)
        self.asks: dict[str, Ask] = {}
        self.happens: Callable[[str, Books], tuple[Told, ...]] = cache(self._happens)

    def start(self) -> State:
        shelves = (Shelf(has_level=self.scenario.is_managed),) * self.scenario.lines
        placed = self.memory.placed()
        return State(placed, placed, Books(shelves))

    def after(self, state: State) -> Iterator[Step]:
        """Every state that is one turn away, and what that turn was."""
        for label, after in self._turns(state):
            known = after if after.unseen else after._replace(is_told=False)
            if known != state:
                yield label, known

    def _turns(self, state: State) -> Iterator[Step]:
        yield from self._people(state)
        yield from self._saga(state)
        for name in state.taken:
            if (after := self.before(state, self.asks[name])) is not None:
                yield f"{name}: asks the order", after
        for name in state.sent:
            yield from self._called(state, name)
        for answer in state.heard:
            yield f"recorded: {self.memory.event(answer)}", self.recorded(state, answer)
        yield from self._carrier(state)

    def told(self, state: State, events: tuple[int, ...]) -> State:
        """The stream with these events."""
        for event in events:
            order = self.memory.evolved(state.order, event)
            wrong = state.wrong or self.memory.backward(state.order, order)
            state = state._replace(order=order, unseen=(*state.unseen, event), is_told=True, wrong=wrong)
        return state

    def asked(self, state: State, command: OrderCommand) -> State | None:
        """None when it is refused."""
        events = self.memory.decided(state.order, command)
        return None if events is None else self.told(state, events)

    def before(self, state: State, ask: Ask) -> State | None:
        """What goes to the stream first; None when that is refused, and then nothing is sent."""
        known = state if ask.before is None else self.asked(state, ask.before)  # type: ignore[arg-type]  # an order's
        return known if known is None or ask.effect is None else known._replace(sent=state.sent | {ask.name})

    def recorded(self, state: State, answer: int) -> State:
        command = Record(self.memory.event(answer))  # type: ignore[arg-type]  # only answers are heard
        return self.asked(state, command) or state

    def opened(self, state: State, *, having_read: int) -> State:
        """Created from the first events; what was told since is still to be read."""
        read, rest = state.unseen[:having_read], state.unseen[having_read:]
        place, seen = self.memory.saw(self.memory.begun(), state.seen, read)
        return state._replace(place=place, seen=seen, unseen=rest, opening=None)

    def touched(self, state: State) -> State:
        assert state.place is not None
        place, seen = self.memory.saw(state.place, state.seen, state.unseen)
        return state._replace(place=place, seen=seen, unseen=(), is_told=False)

    def rung(self, state: State) -> State:
        known = self.touched(state) if self.rules.whoever_comes_reads else state
        assert known.place is not None
        return known._replace(place=self.memory.rang(known.place, known.seen))

    def ended(self, state: State, name: str) -> State:
        """An answer that is no event is kept by the saga itself."""
        assert state.place is not None
        return state._replace(place=self.memory.answered(state.place, name))

    def wanted(self, state: State) -> tuple[Ask, ...]:
        if state.place is None:
            return ()
        asks = self.memory.wanted(state.place, state.seen)
        self.asks.update((ask.name, ask) for ask in asks)
        return asks

    def _people(self, state: State) -> Iterator[Step]:
        for user in self.scenario.users:
            if after := self._by_person(state, user):
                yield f"a person: {user}", after
        for place, shelf in enumerate(state.books.shelves):
            if not shelf.has_level:
                shelves = (
                    *state.books.shelves[:place],
                    shelf._replace(has_level=True),
                    *state.books.shelves[place + 1 :],
                )
                books = state.books._replace(shelves=tuple(sorted(shelves, key=str)))
                yield "a person: puts a level in", state._replace(books=books)

    def _by_person(self, state: State, user: User) -> State | None:
        """None when it is refused. An operator acts on a saga that has just read its stream."""
        if user in _ASKED:
            return self.asked(state, _ASKED[user])
        if state.place is None:
            return None
        known = self.touched(state)
        assert known.place is not None
        act = self.memory.skipped if user == "skip" else self.memory.given_up
        return known._replace(place=act(known.place, known.seen))

    def _saga(self, state: State) -> Iterator[Step]:
        if state.place is None:
            yield from self._opening(state)
            return
        wanted = self.wanted(state)
        if state.unseen and (state.is_told or self.rules.whoever_comes_reads):
            yield "the saga reads the stream", self.touched(state)
        yield "the time is up", self.rung(state)
        for ask in wanted:
            if ask.before is None:
                yield f"{ask.name}: is sent", state._replace(sent=state.sent | {ask.name})
            else:
                yield f"{ask.name}: a worker has it in hand", state._replace(taken=state.taken | {ask.name})
            if ask.name in state.silent:
                yield f"{ask.name}: is answered", self.ended(state, ask.name)

    def _opening(self, state: State) -> Iterator[Step]:
        if self.rules.opens(self.memory.order(state.order)):
            yield "a worker reads the stream, to begin the saga", state._replace(opening=len(state.unseen))
        elif state.is_told:
            yield "the feed passes, and there is no saga", state._replace(is_told=False)
        if state.opening is not None:
            yield "the saga is created", self.opened(state, having_read=state.opening)

    def _called(self, state: State, name: str) -> Iterator[Step]:
        for happened in self.happens(name, state.books):
            yield happened.label, self.heard(state, name, happened)

    def heard(self, state: State, name: str, happened: Told) -> State:
        """The books have changed, and whoever called may hear of it."""
        is_known = happened.answers <= state.heard and (name in state.silent or not happened.is_silent)
        if is_known and happened.books == state.books and not happened.wrong:
            return state
        return state._replace(
            books=happened.books,
            heard=state.heard | happened.answers,
            silent=state.silent | {name} if happened.is_silent else state.silent,
            wrong=state.wrong or happened.wrong,
        )

    def _happens(self, name: str, books: Books) -> tuple[Told, ...]:
        return tuple(
            Told(
                f"{name}: {each.label}",
                each.books,
                frozenset(map(self.memory.numbered, each.answers)),
                each.is_silent,
                each.wrong,
            )
            for each in carried_out(self.rules, books, self.asks[name].effect)
        )

    def _carrier(self, state: State) -> Iterator[Step]:
        if self.scenario.carrier and self.is_under_way(state):
            for kind in _REPORTS:
                if kind == "returned" or not state.reports & {"delivered", "lost"}:
                    yield f"the carrier says: {kind}", state._replace(reports=state.reports | {kind})
        for kind in state.reports:
            yield f"reported: {kind}", self.reported(state, kind)

    def is_under_way(self, state: State) -> bool:
        """There is a parcel, ours or one made by hand."""
        return state.books.shipment == "done" or is_by_hand(self.memory, state)

    def reported(self, state: State, kind: Report) -> State:
        """A report that is refused is parked, so only one that contradicts what is known may be."""
        after = self.asked(state, ReportParcel(kind))
        if after is not None:
            return after
        status = self.memory.order(state.order).status
        known = status in {"pending", "shipped"}
        return state._replace(wrong=f"a {status} order refuses that its parcel is {kind}") if known else state

    def reportable(self, state: State) -> Iterable[State]:
        return (after for kind in sorted(state.reports) if (after := self.reported(state, kind)) != state)


def is_by_hand(memory: Memory, state: State) -> bool:
    order = memory.order(state.order)
    return order.has_left and order.shipment != "done"
