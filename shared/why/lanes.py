"""What waits: a parked key's head, the messages behind it, and what a process wrote down before it touched the key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shared.why.documents import Document
from shared.why.graph import Draft, Node
from shared.why.stream import event_id

# Consumers of a hub number messages, and the one of sagas numbers nothing. Names of functions are for ever.
_OF_A_HUB: Final = "receive_"
_OF_SAGAS: Final = "dispatch_effects"


def head_by_nonce(parked: Sequence[Document]) -> Mapping[str, str]:
    return {each.text("nonce"): _parked(each) for each in parked if each.kind == "LaneHead"}


def of_lanes(parked: Sequence[Document], sagas: Sequence[str]) -> Iterator[Draft]:
    letters = [each for each in parked if each.kind == "HeldMessage"]
    for each in parked:
        mine = [letter for letter in letters if letter.text("lane") == each.text("lane")]
        match each.kind:
            case "LaneHead":
                yield Draft(_head(each, _parked(each)), _causes(each, mine, sagas))
            case "HeldMessage":
                yield from _letter(each)
            case "Suspect":
                yield from _suspect(each)
            case "ClosedLane":
                yield Draft(_head(each, f"closed:{each.text('consumer')}:{each.id}"), _causes(each, mine, sagas))
            case "RawPoison" | "DroppedPoison":
                yield _raw(each)
            case kind:
                yield Draft(Node(f"item:{each.container}:{each.id}", "item", kind or "?", document=each))


def _head(head: Document, name: str) -> Node:
    """Also one that was closed for good, which says until when it was there."""
    told = ("consumer", "reason", "state", "first", "last", "closedAt", "because")
    facts = {part: head.item[part] for part in told if part in head.item}
    since = head.text("since") or None
    return Node(name, "parked", f"parked: {head.text('reason')}", since, facts=facts, document=head)


def _causes(head: Document, letters: Sequence[Document], sagas: Sequence[str]) -> tuple[str, ...]:
    consumer = head.text("consumer")
    if consumer.startswith(_OF_A_HUB):
        return tuple(map(_waiting, sorted(letters, key=lambda letter: letter.number("number"))[:1]))
    if consumer == _OF_SAGAS:
        return tuple(f"saga:{saga}" for saga in sagas)
    return (event_id(head.number("first")),)


def _letter(letter: Document) -> Iterator[Draft]:
    message: Any = letter.item.get("item")
    at = message.get("enqueuedAt") if isinstance(message, dict) else None
    came = f"hub:{letter.id}"
    yield Draft(Node(came, "carrier", "carrier's message", at if isinstance(at, str) else None))
    facts = {"number": letter.number("number")}
    yield Draft(Node(_waiting(letter), "waiting", "waits", letter.stored_at, facts=facts, document=letter), (came,))


def _suspect(suspect: Document) -> Iterator[Draft]:
    process = f"process:{suspect.text('process')}"
    consumer = suspect.text("lane").partition(":")[0]
    yield Draft(Node(process, "process", "a process of ours"))
    node = Node(f"suspect:{consumer}", "suspect", f"begun by {consumer}", suspect.stored_at, document=suspect)
    yield Draft(node, (process,))


def _raw(raw: Document) -> Draft:
    item: Any = raw.item.get("item")
    held = str(item.get("id", "")) if isinstance(item, dict) else ""
    causes = (event_id(int(held)),) if held.isdecimal() else ()
    what, since = f"parked: {raw.text('reason')}", raw.text("since") or None
    consumer = raw.text("consumer")
    facts = {"consumer": consumer}
    return Draft(Node(f"raw:{consumer}:{held}", "parked", what, since, facts=facts, document=raw), causes)


def _parked(head: Document) -> str:
    return f"parked:{head.text('consumer')}"


def _waiting(letter: Document) -> str:
    return f"waiting:{letter.id}"
