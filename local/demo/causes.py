"""Whether every stored document of every order has exactly one cause, and the API names the same ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from local.demo.rows import Json
from shared.why import Document, Graph, explain, flaws, of_order


def daily_or_product(item: Json) -> str:
    """Whose total or line it is: a day's bucket is named by the day and a shard, a product's by one thing more."""
    return "daily-sales" if str(item["bucket"]).count(":") == 1 else "product-sales"


def by_order(containers: Mapping[str, Iterable[Json]]) -> Mapping[str, Sequence[Document]]:
    """What belongs to no order, or to many, is left out."""
    found: defaultdict[str, list[Document]] = defaultdict(list)
    for document in chain.from_iterable((Document(name, item) for item in items) for name, items in containers.items()):
        if order_id := of_order(document):
            found[order_id].append(document)
    return found


def without_cause(documents: Mapping[str, Sequence[Document]], answered: Mapping[str, Json]) -> int:
    """How often something has no cause, or not the one known, and how often an answer of the API says otherwise."""
    graphs = {order_id: explain(order_id, each) for order_id, each in documents.items()}
    missing = sum(len(list(flaws(graph, documents[order_id]))) for order_id, graph in graphs.items())
    nothing = Graph("", ())
    return missing + sum(
        len(_stored(graphs.get(order_id, nothing)) ^ _told(answer)) for order_id, answer in answered.items()
    )


def _stored(graph: Graph) -> set[tuple[str, str | None]]:
    return {(node.id, node.cause) for node in graph.nodes if node.document}


def _told(answer: Json) -> set[tuple[str, str | None]]:
    return {(node["id"], node["cause"]) for node in answer["nodes"] if node["document"]}
