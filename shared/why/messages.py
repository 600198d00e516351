"""What was handed on to others: no store of ours keeps it, so how far its consumer is, is all that can be said."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.why.documents import Document
from shared.why.graph import Draft, Node
from shared.why.stream import event_id

type Fate = Literal["handed on", "parked", "unknown"]


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A consumer without rows: of all events or `only` those types, and what it has passed.

    Every event before `passed` has left, or is parked; None when nobody has measured. With `to_customers` nothing
    leaves for an order without an address.
    """

    consumer: str
    only: tuple[str, ...] = ()
    passed: str | None = None
    to_customers: bool = False


def messages(
    handed_on: Iterable[HandedOn],
    events: Sequence[Document],
    private: Sequence[Document],
    parked: Sequence[Document],
) -> Iterator[Draft]:
    has_address = any(each.text("email") for each in private)
    for consumer in handed_on:
        if consumer.to_customers and not has_address:
            continue
        heads = [each for each in parked if each.kind == "LaneHead" and each.text("consumer") == consumer.consumer]
        for event in events:
            if not consumer.only or event.kind in consumer.only:
                yield _message(consumer, event, heads)


def _message(consumer: HandedOn, event: Document, heads: Sequence[Document]) -> Draft:
    sequence = event.sequence or 0
    facts = {"fate": _fate(consumer, event, heads)}
    node = Node(f"message:{consumer.consumer}:{sequence}", "message", consumer.consumer, facts=facts)
    return Draft(node, (event_id(sequence),))


def _fate(consumer: HandedOn, event: Document, heads: Sequence[Document]) -> Fate:
    if any(head.number("first") <= (event.sequence or 0) <= head.number("last") for head in heads):
        return "parked"
    at = event.text("at")
    return "handed on" if consumer.passed and at and at < consumer.passed else "unknown"
