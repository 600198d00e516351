"""Routes that read."""

import azure.functions as func

from api import answers, requests
from api.problems import answered
from orders.refusals import UnknownOrder
from projections.customer_orders import customer_orders
from shared.runtime import app

routes = func.Blueprint()


@routes.route("api/orders/{orderId}", methods=["GET"])
@answered
async def get_order(req: func.HttpRequest) -> func.HttpResponse:
    """Folded from the stream, hence always current."""
    order_id = requests.path_id(req, "orderId")
    if order_id is None:
        raise UnknownOrder("no such order")
    found = await app().orders.load(order_id)
    return answers.json(answers.order(found), headers=answers.etag(found.sequence))


@routes.route("api/customers/{customerId}/orders", methods=["GET"])
@answered
async def list_customer_orders(req: func.HttpRequest) -> func.HttpResponse:
    customer_id, limit = requests.path_id(req, "customerId"), requests.limit(req)
    if customer_id is None:
        return answers.json([])
    rows = await app().pages.newest(customer_orders.container, customer_id, by=("createdAt", "orderId"), limit=limit)
    return answers.json([answers.row(row) for row in rows])
