"""Why an order is as it is: rows for programs, a tree or a flowchart for people."""

import argparse

from ops.command import Rows
from shared.kernel import Misconfigured
from shared.runtime import App
from shared.why import as_mermaid
from shared.why.shown import as_row


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("order")
    drawn = parser.add_mutually_exclusive_group()
    drawn.add_argument("--tree", action="store_true", help="each below its cause, with times and traces")
    drawn.add_argument("--mermaid", action="store_true", help="a flowchart")


async def why(app: App, options: argparse.Namespace) -> Rows | None:
    graph = await app.whys.of(options.order)
    if graph is None:
        raise Misconfigured(f"nothing is stored of an order {options.order}")
    if options.mermaid:
        print(as_mermaid(graph), end="")
        return None
    if options.tree:
        from ops.tree import show  # noqa: PLC0415 - what it draws with is not there where only `ops` is installed

        show(graph)
        return None
    return [as_row(node) for node in graph.nodes]
