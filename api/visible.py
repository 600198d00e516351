"""An order, for whoever may know of it. For all others there is none: not even that it exists is told."""

import azure.functions as func

from api import requests
from api.access import asking
from orders.refusals import UnknownOrder
from shared.runtime import OrderStream, app


def order_id(req: func.HttpRequest) -> str:
    """Raises UnknownOrder for what cannot be an id of ours."""
    found = requests.path_id(req, "orderId")
    if found is None:
        raise UnknownOrder("no such order")
    return found


async def order(req: func.HttpRequest) -> OrderStream:
    """The one read that the route needs anyway. Raises UnknownOrder, another customer's order included."""
    found = await app().orders.load(order_id(req))
    if not found.events or not asking().may_see(found.events[0].customer_id):
        raise UnknownOrder("no such order")
    return found
