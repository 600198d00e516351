"""Routes that change an order."""

from http import HTTPStatus

import azure.functions as func

from api import answers, requests, visible
from api.access import asking
from api.entity_tags import if_match
from api.placing import place
from api.problems import answered
from orders.commands import DeleteOrder, MoveOrder
from shared.runtime import app

routes = func.Blueprint()


@routes.route("api/orders", methods=["POST"])
@answered
async def place_order(req: func.HttpRequest) -> func.HttpResponse:
    wanted = requests.body(req, requests.NewOrder)
    placed = await place(wanted, key=requests.idempotency_key(req), cause=requests.cause(req))
    headers = {"Location": f"/api/orders/{placed.order_id}"} | answers.etag(placed.first.sequence)
    if placed.is_replayed:
        headers["Idempotent-Replayed"] = "true"
    return answers.json(answers.order(placed.first), status=HTTPStatus.CREATED, headers=headers)


@routes.route("api/orders/{orderId}/status", methods=["PATCH"])
@answered
async def move_order(req: func.HttpRequest) -> func.HttpResponse:
    order_id = visible.order_id(req)
    wanted = requests.body(req, requests.NewStatus)
    accepted = if_match(req)
    found = await visible.order(req)
    asking().insist_on_move(wanted.status)
    moved = await app().orders.run(
        order_id,
        MoveOrder(wanted.status),
        cause=requests.cause(req),
        only_at=lambda sequence: accepted is None or sequence in accepted,
        known=found,
    )
    return answers.json(answers.order(moved), headers=answers.etag(moved.sequence))


@routes.route("api/orders/{orderId}", methods=["DELETE"])
@answered
async def delete_order(req: func.HttpRequest) -> func.HttpResponse:
    accepted = if_match(req)
    found = await visible.order(req)
    await app().orders.run(
        visible.order_id(req),
        DeleteOrder(),
        cause=requests.cause(req),
        only_at=lambda sequence: accepted is None or sequence in accepted,
        known=found,
    )
    return func.HttpResponse(status_code=HTTPStatus.NO_CONTENT.value)
