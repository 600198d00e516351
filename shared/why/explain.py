"""The documents of one order → the graph of their causes. The same documents give the same graph."""

from collections.abc import Iterable

from shared.why.deeds import KINDS, of_deeds
from shared.why.documents import ORDERS, POISON, Document, in_order
from shared.why.graph import Draft, Graph, Node, linked
from shared.why.lanes import head_by_nonce, of_lanes
from shared.why.messages import HandedOn, messages
from shared.why.saga import of_sagas
from shared.why.stream import of_stream
from shared.why.views import of_books, of_views


def explain(order_id: str, documents: Iterable[Document], handed_on: Iterable[HandedOn] = ()) -> Graph:
    """`handed_on` says of every consumer that hands events on how far it is."""
    ordered = in_order(documents)
    events = [each for each in ordered if each.sequence is not None]
    sagas = [each for each in ordered if each.kind == "Saga"]
    deeds = [each for each in ordered if each.kind in KINDS]
    parked = [each for each in ordered if each.container == POISON and each.kind not in KINDS]
    books = [each for each in ordered if each.kind in {"StockHold", "Payment", "Shipment"}]
    views = [each for each in ordered if each.container not in {ORDERS, POISON} and "mark" in each.item]
    views = [each for each in views if each.kind != "Saga"]
    private = [each for each in ordered if each.kind == "OrderPrivate"]
    known = {each.place for each in (*events, *sagas, *parked, *books, *views, *private, *deeds)}
    names = [each.id for each in sagas]
    drafts = [
        *of_stream(events, private, names),
        *of_sagas(sagas, events),
        *of_books(books, names),
        *of_views(views, head_by_nonce(parked)),
        *of_lanes(parked, names),
        *of_deeds(deeds),
        *messages(handed_on, events, private, parked),
        *(_unheard_of(each) for each in ordered if each.place not in known),
    ]
    return linked(order_id, drafts)


def _unheard_of(document: Document) -> Draft:
    """A kind that nobody has written down here: it is shown, and said to be without a known cause."""
    return Draft(
        Node(
            f"item:{document.container}:{document.id}",
            "item",
            document.kind or "?",
            document.stored_at,
            document=document,
        )
    )
