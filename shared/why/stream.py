"""The events of an order, and who asked for each: a request, a carrier, a provider, a person, an attempt of a saga."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shared.why.documents import Document
from shared.why.graph import Draft, Kind, Node

# By what a causation id begins with; whatever comes first of all is named in one of these ways.
OUTSIDE: Final[Mapping[str, tuple[Kind, str]]] = {
    "http": ("request", "HTTP request"),
    "carrier": ("carrier", "carrier's message"),
    "webhook": ("provider", "provider's own word"),
    "ops": ("operator", "operator"),
}
# saga:ask:attempt:nonce; an earlier deployment wrote saga:nonce.
_PARTS: Final = 4


def event_id(sequence: int) -> str:
    return f"event:{sequence}"


def attempt_of(causation: str, sagas: Sequence[str]) -> tuple[str, str, int] | None:
    """Saga, ask and attempt, when it was one."""
    parts = causation.split(":")
    if len(parts) == _PARTS and parts[0] in sagas and parts[2].isdecimal():
        return parts[0], parts[1], int(parts[2])
    return None


def of_stream(events: Sequence[Document], private: Sequence[Document], sagas: Sequence[str]) -> Iterator[Draft]:
    seen = set[str]()
    for event in events:
        causation = event.text("causationId")
        if (root := _root(causation, event)) and causation not in seen:
            seen.add(causation)
            yield Draft(root)
        yield Draft(_event(event), _causes(causation, sagas))
    for each in private:
        # What may be erased is stored in one batch with the first event.
        first = tuple(event.text("causationId") for event in events[:1])
        yield Draft(Node("private", "private", "what may be erased", each.stored_at, document=each), first)


def _event(event: Document) -> Node:
    return Node(
        event_id(event.sequence or 0),
        "event",
        event.kind or "?",
        event.text("at") or None,
        trace=trace_of(event),
        document=event,
    )


def _root(causation: str, event: Document) -> Node | None:
    prefix, _, name = causation.partition(":")
    if not name or prefix not in OUTSIDE:
        return None
    kind, what = OUTSIDE[prefix]
    facts = {"correlationId": event.text("correlationId")} if event.text("correlationId") else {}
    return Node(causation, kind, what, event.text("at") or None, trace=trace_of(event), facts=facts)


def _causes(causation: str, sagas: Sequence[str]) -> tuple[str, ...]:
    if attempt := attempt_of(causation, sagas):
        saga, ask, number = attempt
        return f"{saga}:attempt:{ask}:{number}", f"saga:{saga}"
    saga = causation.partition(":")[0]
    return (f"saga:{saga}",) if saga in sagas else (causation,)


def trace_of(document: Document) -> str:
    """The trace id of a W3C traceparent; empty where none was stored."""
    parts = document.text("traceparent").split("-")
    return parts[1] if len(parts) == _PARTS else ""
