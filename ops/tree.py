"""A graph of causes on a terminal: each node below its cause, oldest first."""

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from shared.why import Graph, Node

_STYLES = {
    "event": "bold",
    "deadline": "yellow",
    "parked": "bold red",
    "waiting": "red",
    "suspect": "red",
    "unknown": "bold red",
}
_SHORT = 8


def show(graph: Graph, console: Console | None = None) -> None:
    top = Tree(Text(graph.order_id, style="bold"), guide_style="dim")
    branches: dict[str | None, Tree] = {None: top}
    for node in graph.nodes:
        branches[node.id] = branches[node.cause].add(_line(node))
    (console or Console()).print(top)


def _line(node: Node) -> Text:
    line = Text.assemble((node.kind, "dim"), " ", (node.what, _STYLES.get(node.kind, "")))
    facts = " ".join(f"{name}={value}" for name, value in node.facts.items())
    for part, style in ((facts, "cyan"), (node.at or "", "green"), (node.trace[:_SHORT], "magenta")):
        if part:
            line.append(f"  {part}", style=style)
    return line
