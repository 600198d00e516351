"""Routes that read."""

import azure.functions as func

from api import answers, as_of, filters, requests, visible
from api.freshness import freshened
from api.paging import Listing
from api.problems import answered
from projections.customer_orders import customer_orders
from projections.order_board import SHARDS, order_board
from shared.pipeline import Project
from shared.ports import Total
from shared.runtime import app

routes = func.Blueprint()


@routes.route("api/orders/{orderId}", methods=["GET"])
@answered
async def get_order(req: func.HttpRequest) -> func.HttpResponse:
    """Folded from the stream, hence always current; `asOf` folds what had happened then.

    What was deleted since is gone from its past as well.
    """
    found = await visible.order(req)
    answers.order(found)
    then = app().orders.past(found, as_of.count(req.params, found.events))
    return answers.json(answers.order(then), headers=answers.etag(then.sequence))


@routes.route("api/orders", methods=["GET"])
@answered
async def list_orders(req: func.HttpRequest) -> func.HttpResponse:
    """One query for each bucket of the board."""
    return await Listing("/api/orders", order_board, SHARDS.buckets(), filters.read(req.params)).answer(req)


@routes.route("api/customers/{customerId}/orders", methods=["GET"])
@answered
async def list_customer_orders(req: func.HttpRequest) -> func.HttpResponse:
    """One query of the customer's partition; none for what cannot be a customer."""
    customer_id = requests.path_id(req, "customerId")
    partitions = () if customer_id is None else (customer_id,)
    return await Listing(f"/api/customers/{customer_id}/orders", customer_orders, partitions).answer(req)


@routes.route("api/customers/{customerId}/orders/summary", methods=["GET"])
@answered
async def sum_up_customer_orders(req: func.HttpRequest) -> func.HttpResponse:
    """One aggregate over the customer's partition, exact by construction: a row counts unless its order was deleted."""
    customer_id = requests.path_id(req, "customerId")
    if customer_id is None:
        return answers.json(answers.summary(req.route_params["customerId"], Total(rows=0, amount=0)))
    headers = await freshened(req, Project(customer_orders).name)
    pages = await app().views.of(customer_orders)
    total = await pages.total(customer_orders.container, customer_id, of="totalMinor")
    return answers.json(answers.summary(customer_id, total), headers=headers)
