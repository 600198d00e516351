"""Why an order is as it is: its stored documents as one graph in which each has exactly one cause. Pure."""

from shared.why.documents import Document, of_order
from shared.why.explain import explain
from shared.why.graph import FROM_OUTSIDE, Graph, Node, flaws
from shared.why.messages import HandedOn
from shared.why.shown import as_json, as_mermaid

__all__ = [
    "FROM_OUTSIDE",
    "Document",
    "Graph",
    "HandedOn",
    "Node",
    "as_json",
    "as_mermaid",
    "explain",
    "flaws",
    "of_order",
]
