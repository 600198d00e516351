"""The graph for programs and for people: JSON, and Mermaid's flowchart."""

from shared.why.graph import Graph, Node


def as_json(graph: Graph) -> dict[str, object]:
    return {"orderId": graph.order_id, "nodes": [as_row(node) for node in graph.nodes]}


def as_row(node: Node) -> dict[str, object]:
    """`trace` is None where nothing was traced; no content, and nothing personal."""
    return {
        "id": node.id,
        "kind": node.kind,
        "what": node.what,
        "at": node.at,
        "cause": node.cause,
        "trace": node.trace or None,
        "document": node.document.name if node.document else None,
        **node.facts,
    }


def as_mermaid(graph: Graph) -> str:
    """Causes above what they have led to. Its nodes are numbered, because ids hold signs that Mermaid reads itself."""
    numbers = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = [f'    {numbers[node.id]}["{_label(node)}"]' for node in graph.nodes]
    lines += [f"    {numbers[node.cause]} --> {numbers[node.id]}" for node in graph.nodes if node.cause]
    return "\n".join(["flowchart TD", *lines]) + "\n"


def _label(node: Node) -> str:
    parts = [node.kind, node.what, *([node.at] if node.at else [])]
    return "<br/>".join(part.replace('"', "'").replace("#", "") for part in parts)
