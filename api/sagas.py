"""Routes that show how an order came to be where it is."""

from typing import Any

import azure.functions as func

from api import answers, requests, visible
from api.problems import answered
from orders.publication import ORDER_PUBLICATION
from orders.refusals import UnknownOrder
from shared.kernel import Poison, Recorded
from shared.kernel.saga_diagram import diagram
from shared.pipeline.naming import camel
from shared.runtime import app
from shared.why import as_json, as_mermaid

routes = func.Blueprint()


@routes.route("api/sagas/{orderId}", methods=["GET"])
@answered
async def get_saga(req: func.HttpRequest) -> func.HttpResponse:
    """Also of a deleted order: what it owes is still being settled. Its item and its stream, one partition each.

    Whoever asks for `text/vnd.mermaid` gets its way through the definition as a diagram.
    """
    order_id = requests.path_id(req, "orderId")
    instance = await app().sagas.find(order_id) if order_id else None
    if order_id is None or instance is None:
        raise UnknownOrder("no saga was begun for such an order")
    found = await app().orders.load(order_id)
    if found.state is None:
        raise UnknownOrder("no such order")
    definition = app().sagas.definition(instance)
    if requests.wants(req, answers.MERMAID):
        return answers.mermaid(diagram(definition, instance.progress, instance.asked))
    return answers.json(answers.saga(order_id, definition, instance, found.state))


@routes.route("api/orders/{orderId}/history", methods=["GET"])
@answered
async def get_history(req: func.HttpRequest) -> func.HttpResponse:
    """Events and the phases of the saga between them, oldest first."""
    found = await visible.order(req)
    answers.order(found)
    entries = [_entry(each) for each in found.events]
    try:
        if instance := await app().sagas.find(visible.order_id(req)):
            entries += [dict(answers.phase(each)) for each in instance.progress.entered]
    except Poison as poison:
        # The events say what has happened whether their saga can be read or not.
        entries.append(dict(answers.unread_saga(poison, found.events[-1].at)))
    # A phase begins when the saga sees the event that leads to it; at the same moment it stands behind it.
    return answers.json(sorted(entries, key=lambda entry: str(entry["at"])))


def _entry(event: Recorded[Any]) -> dict[str, object]:
    """What nobody outside is told of an event is told here to nobody either."""
    kept_back = {camel(name) for name in ORDER_PUBLICATION.kept_back_of(type(event.body))}
    return answers.event(app().orders.codec.encode(event), kept_back=kept_back)


@routes.route("api/orders/{orderId}/why", methods=["GET"])
@answered
async def get_why(req: func.HttpRequest) -> func.HttpResponse:
    """Everything that is stored of an order, also of a deleted one, each with its one cause; no query across orders."""
    order_id = requests.path_id(req, "orderId")
    graph = await app().whys.of(order_id) if order_id else None
    if graph is None:
        raise UnknownOrder("no such order")
    if requests.wants(req, answers.MERMAID):
        return answers.mermaid(as_mermaid(graph))
    return answers.json(as_json(graph))
