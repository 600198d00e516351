"""What others keep of an order: rows and lines, which say up to which event they are, and the providers' books."""

from collections.abc import Iterator, Mapping, Sequence

from shared.kernel.generations import FIRST_NUMBER, parted
from shared.why.documents import Document
from shared.why.graph import Draft, Node
from shared.why.stream import event_id


def of_views(views: Sequence[Document], heads: Mapping[str, str]) -> Iterator[Draft]:
    """`heads` are the ids of what is parked, by the nonce that a stale row names. A row of nothing yet is its doing."""
    for view in views:
        stale = view.item.get("stale")
        nonce = str(stale.get("lane", "")) if isinstance(stale, dict) else ""
        causes = (event_id(view.number("mark")), *((heads[nonce],) if nonce in heads else ()))
        facts = {"upTo": view.number("mark")} | ({"isStale": True} if stale else {})
        if view.kind == "Ledger":
            name = f"line:{view.container}:{view.text('bucket')}"
            yield Draft(Node(name, "line", view.container, view.stored_at, facts=facts, document=view), causes)
        else:
            name = f"row:{view.container}{_generation(view)}"
            yield Draft(Node(name, "row", view.container, view.stored_at, facts=facts, document=view), causes)


def _generation(view: Document) -> str:
    """Of a row that is kept beside the first generation's, which is how a view is grown anew."""
    number, _ = parted(view.text("bucket") or view.text("customerId"))
    return "" if number == FIRST_NUMBER else f":{number}"


def of_books(books: Sequence[Document], sagas: Sequence[str]) -> Iterator[Draft]:
    """Each is as the ask left it that it was last changed by; of an earlier deployment's nobody knows which."""
    for book in books:
        by, product = book.text("by"), book.text("productId")
        name = f"{book.container}:{product}" if product else book.container
        asks = [f"{saga}:ask:{by}" for saga in sagas if by]
        facts = {"state": book.text("state")}
        node = Node(name, "book", book.kind, book.stored_at, facts=facts, document=book)
        yield Draft(node, (*asks, *(f"saga:{saga}" for saga in sagas)))
