"""What a saga decided, as its item tells it: phases, deadlines, asks, and the attempts that left an event."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.why.documents import Document, Item
from shared.why.graph import Draft, Node
from shared.why.stream import attempt_of, event_id, trace_of


def of_sagas(sagas: Sequence[Document], events: Sequence[Document]) -> Iterator[Draft]:
    for saga in sagas:
        yield from _Told(saga, events, trace_of(saga) or "".join(map(trace_of, events[:1]))).drafts()


@dataclass(frozen=True, slots=True)
class _Told:
    saga: Document
    events: Sequence[Document]
    trace: str

    def drafts(self) -> Iterator[Draft]:
        entered, asked = _rows(self.saga, "entered"), _rows(self.saga, "asked")
        began = _text(entered[0], "at") if entered else None
        begun = Node(f"saga:{self.saga.id}", "saga", self.saga.id, began, trace=self.trace, document=self.saga)
        yield Draft(begun, (event_id(1),))
        for row in entered:
            phase = Node(self._id(f"phase:{_text(row, 'phase')}"), "phase", _text(row, "phase"), _text(row, "at"))
            yield self._draft(phase, row)
        yield from self._deadlines(entered, "at")
        yield from self._deadlines(asked, "since")
        for row in asked:
            yield self._draft(self._ask(row), row)
        yield from self._attempts(entered, asked)

    def _deadlines(self, rows: Sequence[Item], moment: str) -> Iterator[Draft]:
        for row in rows:
            cause = _text(row, "cause")
            kind, _, phase = cause.partition(":")
            if kind == "late":
                at = _text(row, moment)
                rang = Node(self._id(cause), "deadline", f"time for {phase} was up", at, trace=self.trace)
                yield Draft(rang, (self._id(f"phase:{phase}"), f"saga:{self.saga.id}"))

    def _ask(self, row: Item) -> Node:
        facts = {name: row[name] for name in ("attempts", "trouble", "dueAt") if row.get(name)}
        return Node(self._id(f"ask:{_text(row, 'name')}"), "ask", _text(row, "name"), _text(row, "since"), facts=facts)

    def _attempts(self, entered: Sequence[Item], asked: Sequence[Item]) -> Iterator[Draft]:
        """One that is later than its event is not it: the saga has been begun again meanwhile."""
        reached = _reach(entered, asked)
        first: dict[tuple[str, int], Document] = {}
        for event in self.events:
            if attempt := attempt_of(event.text("causationId"), [self.saga.id]):
                first.setdefault(attempt[1:], event)
        for (ask, number), event in first.items():
            name = self._id(f"attempt:{ask}:{number}")
            node = Node(name, "attempt", f"{ask}, attempt {number}", event.text("at") or None, trace=trace_of(event))
            is_its = reached.get(ask, 0) < (event.sequence or 0)
            yield Draft(node, (*((self._id(f"ask:{ask}"),) if is_its else ()), f"saga:{self.saga.id}"))

    def _draft(self, node: Node, row: Item) -> Draft:
        cause = _text(row, "cause")
        found = (cause if cause.startswith(("event:", "deed:")) else self._id(cause),) if cause else ()
        traced = Node(node.id, node.kind, node.what, node.at, trace=self.trace, facts=node.facts)
        return Draft(traced, (*found, f"saga:{self.saga.id}"))

    def _id(self, name: str) -> str:
        return f"{self.saga.id}:{name}"


def _reach(entered: Sequence[Item], asked: Sequence[Item]) -> Mapping[str, int]:
    """The event that has led to an ask, through whatever phases and deadlines lie between."""
    phases: dict[str, int] = {}

    def of(cause: str) -> int:
        kind, _, name = cause.partition(":")
        return int(name) if kind == "event" and name.isdecimal() else phases.get(name, 0)

    for row in entered:
        phases[_text(row, "phase")] = of(_text(row, "cause"))
    return {_text(row, "name"): of(_text(row, "cause")) for row in asked}


def _rows(saga: Document, name: str) -> Sequence[Mapping[str, Any]]:
    rows = saga.item.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(row: Item, name: str) -> str:
    """Whatever is damaged in it is shown as far as it is there."""
    return str(row.get(name, ""))
