"""Nodes with one cause each, and what must hold of them: no cause is missing, none leads back to itself."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from shared.why.documents import Document

type Kind = Literal[
    "request", "carrier", "provider", "operator", "process", "unknown",
    "event", "private", "saga", "phase", "deadline", "ask", "attempt", "book", "row", "line",
    "message", "parked", "waiting", "suspect", "deed", "item",
]  # fmt: skip

# What has no cause among the documents: somebody outside, or nobody knows.
FROM_OUTSIDE: Final[frozenset[Kind]] = frozenset({"request", "carrier", "provider", "operator", "process", "unknown"})


@dataclass(frozen=True, slots=True)
class Node:
    """`cause` is None only for what comes from outside. `at` is None where the store does not say when.

    `document` names what is stored; a node without one is known from others that are.
    """

    id: str
    kind: Kind
    what: str
    at: str | None = None
    cause: str | None = None
    trace: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A node, and what may have caused it: the first of `causes` that is there. Nobody caused what is from outside."""

    node: Node
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """Every node behind its cause; what one has caused in the order of time."""

    order_id: str
    nodes: tuple[Node, ...]

    def caused_by(self, cause: str | None) -> Sequence[Node]:
        return [node for node in self.nodes if node.cause == cause]


def linked(order_id: str, drafts: Iterable[Draft]) -> Graph:
    """Each draft with one cause; where none of its causes is there, with one that says that it is unknown."""
    known: dict[str, Draft] = {}
    for draft in drafts:
        known.setdefault(draft.node.id, draft)
    causes: dict[str, str] = {}
    for name, draft in known.items():
        if draft.node.kind not in FROM_OUTSIDE:
            possible = (each for each in draft.causes if each in known and not _leads_to(each, name, causes))
            causes[name] = next(possible, f"unknown:{name}")
    strangers = {name: Node(name, "unknown", "not stored") for name in causes.values() if name not in known}
    nodes = {name: replace(draft.node, cause=causes.get(name)) for name, draft in known.items()} | strangers
    return Graph(order_id, tuple(_traced(_walk(nodes))))


def flaws(graph: Graph, documents: Iterable[Document]) -> Iterator[str]:
    """What is wrong, in words; nothing when each document is there once and leads to somebody outside who is known."""
    documents, nodes = list(documents), {node.id: node for node in graph.nodes}
    if len(nodes) < len(graph.nodes):
        yield "nodes of one name"
    shown = Counter(node.document.place for node in graph.nodes if node.document)
    stored = Counter(document.place for document in documents)
    for place in sorted({*shown, *stored}):
        if (shown[place], stored[place]) != (1, 1):
            yield f"{place} is stored {stored[place]} times and shown {shown[place]} times"
    for node in graph.nodes:
        root = _root(node, nodes)
        if root is None or root.kind not in FROM_OUTSIDE or root.kind == "unknown":
            yield f"{node.id} has no known cause"


def _root(node: Node, nodes: Mapping[str, Node]) -> Node | None:
    """None when its causes lead nowhere or in a circle."""
    for _ in nodes:
        if node.cause is None:
            return node
        if node.cause not in nodes:
            return None
        node = nodes[node.cause]
    return None


def _leads_to(name: str, end: str, causes: Mapping[str, str]) -> bool:
    while name != end:
        if name not in causes:
            return False
        name = causes[name]
    return True


def _walk(nodes: Mapping[str, Node]) -> Iterator[Node]:
    """Causes first, and what they have led to at once behind them."""
    following: dict[str | None, list[Node]] = {}
    for node in nodes.values():
        following.setdefault(node.cause, []).append(node)
    waiting = sorted(following.get(None, []), key=_moment, reverse=True)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += sorted(following.get(node.id, []), key=_moment, reverse=True)


def _moment(node: Node) -> tuple[bool, str, tuple[str, ...]]:
    parts = (part.zfill(9) if part.isdecimal() else part for part in node.id.split(":"))
    return node.at is None, node.at or "", tuple(parts)


def _traced(nodes: Iterable[Node]) -> Iterator[Node]:
    """What has no trace of its own was done in that of its cause."""
    traces: dict[str | None, str] = {}
    for node in nodes:
        traces[node.id] = node.trace or traces.get(node.cause, "")
        yield replace(node, trace=traces[node.id])
