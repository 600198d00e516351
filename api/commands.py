"""Routes that change an order."""

from http import HTTPStatus

import azure.functions as func

from api import answers, requests
from api.problems import answered
from orders.commands import DeleteOrder, MoveOrder, PlaceOrder
from orders.events import Line
from orders.refusals import UnknownOrder
from shared.kernel import Money
from shared.ports import Item
from shared.runtime import app

routes = func.Blueprint()


@routes.route("api/orders", methods=["POST"])
@answered
async def place_order(req: func.HttpRequest) -> func.HttpResponse:
    wanted = requests.body(req, requests.NewOrder)
    order_id, fingerprint = requests.placement(req, wanted)
    placed = await app().orders.open(
        order_id,
        PlaceOrder(_lines(wanted, app().settings.currency), fingerprint),
        cause=requests.cause(req),
        customer_id=wanted.customer_id,
        beside=_private(order_id, wanted),
    )
    first = app().orders.first(placed)
    headers = {"Location": f"/api/orders/{order_id}"} | answers.etag(first.sequence)
    if not placed.appended:
        headers["Idempotent-Replayed"] = "true"
    return answers.json(answers.order(first), status=HTTPStatus.CREATED, headers=headers)


@routes.route("api/orders/{orderId}/status", methods=["PATCH"])
@answered
async def move_order(req: func.HttpRequest) -> func.HttpResponse:
    order_id = _known(req)
    wanted = requests.body(req, requests.NewStatus)
    accepted = requests.if_match(req)
    moved = await app().orders.run(
        order_id,
        MoveOrder(wanted.status),
        cause=requests.cause(req),
        only_at=lambda sequence: accepted is None or sequence in accepted,
    )
    return answers.json(answers.order(moved), headers=answers.etag(moved.sequence))


@routes.route("api/orders/{orderId}", methods=["DELETE"])
@answered
async def delete_order(req: func.HttpRequest) -> func.HttpResponse:
    await app().orders.run(_known(req), DeleteOrder(), cause=requests.cause(req))
    return func.HttpResponse(status_code=HTTPStatus.NO_CONTENT.value)


def _known(req: func.HttpRequest) -> str:
    order_id = requests.path_id(req, "orderId")
    if order_id is None:
        raise UnknownOrder("no such order")
    return order_id


def _lines(wanted: requests.NewOrder, currency: str) -> tuple[Line, ...]:
    return tuple(
        Line(each.product_id, each.product_name, each.quantity, Money(int(each.unit_price * 100), currency))
        for each in wanted.items
    )


def _private(order_id: str, wanted: requests.NewOrder) -> list[Item]:
    """What may be erased lives beside the events, never in them."""
    if wanted.shipping_address is None and wanted.email is None and wanted.payment_token is None:
        return []
    return [
        {
            "id": "private",
            "orderId": order_id,
            "type": "OrderPrivate",
            "schemaVersion": 1,
            "shippingAddress": wanted.shipping_address,
            "email": wanted.email,
            "paymentToken": wanted.payment_token,
        }
    ]
