"""One entry for each function that answers HTTP, with what neither its code nor its types can say."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api import shapes
from api.acts import WantedAct, WantedDrop, WantedEdit, WantedReplay
from api.answers import MERMAID
from api.openapi import examples
from api.openapi.history import Entry
from api.openapi.operation import HTML, Operation, Success
from api.openapi.parameters import (
    AS_OF,
    CAUSE,
    CONSUMER,
    DRY_RUN,
    END,
    ETAG,
    FROM,
    IDEMPOTENCY_KEY,
    IDEMPOTENCY_KEY_OF_ALL,
    IF_MATCH,
    IF_NONE_MATCH,
    KEY_OF_LANE,
    LIMIT,
    LOCATION,
    PAGE,
    PREFER,
    REASON,
    START,
    STATUS,
    TAG,
    TO,
)
from api.requests import KeyedOrder, NewBatch, NewOrder, NewStatus

_ORDERS: Final = Success(list[shapes.ListedOrder], example=[examples.ORDER])
_ROW: Final = Success(dict[str, object])
_ROWS: Final = Success(list[dict[str, object]])
_UNCHANGED: Final = Success(status=HTTPStatus.NOT_MODIFIED, headers=(TAG,))
_AN_ORDER: Final = Success(shapes.Order, headers=(ETAG,), example=examples.ORDER)

OPERATIONS: Final[Mapping[str, Operation]] = {
    "place_order": Operation(
        "Place an order",
        (Success(shapes.Order, HTTPStatus.CREATED, (LOCATION, ETAG), example=examples.ORDER),),
        takes=NewOrder,
        example=examples.NEW_ORDER,
        parameters=(IDEMPOTENCY_KEY, *CAUSE),
        codes=("order_too_large",),
    ),
    "place_orders": Operation(
        "Place up to 100 orders, each with an end of its own",
        (Success(shapes.BatchResult),),
        takes=NewBatch[KeyedOrder],
        example={"orders": [examples.NEW_ORDER | {"idempotencyKey": examples.KEY}]},
        parameters=(IDEMPOTENCY_KEY_OF_ALL, *CAUSE),
    ),
    "get_order": Operation(
        "Look at an order as it is now, or was", (_AN_ORDER,), parameters=(AS_OF,), codes=("order_not_found",)
    ),
    "get_history": Operation(
        "What happened to an order, oldest first: its events, and the phases of its saga",
        (Success(list[Entry]),),
        codes=("order_not_found",),
    ),
    "list_orders": Operation("All orders, newest first", (_ORDERS,), parameters=(STATUS, START, END, *PAGE)),
    "move_order": Operation(
        "Move an order to another status",
        (_AN_ORDER,),
        takes=NewStatus,
        example={"status": "cancelled"},
        parameters=(IF_MATCH, *CAUSE),
        codes=("order_not_found", "transition_forbidden", "order_not_pending", "shipment_under_way"),
        path={"orderId": examples.TO_CANCEL},
    ),
    "delete_order": Operation(
        "Delete a pending order",
        (Success(status=HTTPStatus.NO_CONTENT),),
        parameters=(IF_MATCH, *CAUSE),
        codes=("order_not_found", "order_not_pending", "shipment_under_way"),
        path={"orderId": examples.TO_DELETE},
    ),
    "list_customer_orders": Operation("A customer's orders, newest first", (_ORDERS,), parameters=PAGE),
    "sum_up_customer_orders": Operation(
        "What a customer has spent", (Success(shapes.Summary, example=examples.SUMMARY),), parameters=(PREFER,)
    ),
    "get_daily_sales": Operation(
        "Sales by day, exact; at most 31 days", (Success(shapes.DailySales),), parameters=(FROM, TO, PREFER)
    ),
    "get_product_sales": Operation(
        "Sales of a product by month, exact; at most 24 months",
        (Success(shapes.ProductSales),),
        parameters=(FROM, TO, PREFER),
    ),
    "get_saga": Operation(
        "How far an order's fulfilment is",
        (Success(shapes.SagaProgress, texts=(MERMAID,)),),
        codes=("order_not_found",),
    ),
    "get_why": Operation(
        "Everything that is stored of an order, each with what led to it",
        (Success(shapes.Why, texts=(MERMAID,)),),
        codes=("order_not_found",),
    ),
    "list_lanes": Operation("What is parked, oldest first", (_ROWS,), parameters=(CONSUMER, REASON, KEY_OF_LANE)),
    "show_lane": Operation("A parked key and what waits behind it", (_ROW,), codes=("no_such_lane",)),
    "replay_lanes": Operation(
        "Put what is parked in again, or see what that would change",
        (_ROW,),
        takes=WantedReplay,
        example={"why": examples.WHY, "key": examples.ORDER_ID},
        parameters=(DRY_RUN,),
    ),
    "edit_lane": Operation(
        "Mend one event or message that waits, and replay",
        (_ROW,),
        takes=WantedEdit,
        example={"why": examples.WHY, "set": {"data": {"byHand": True}}},
        parameters=(DRY_RUN,),
        codes=("no_such_lane", "not_editable"),
    ),
    "drop_lane": Operation(
        "Go on without one that waits, for a reason",
        (_ROW,),
        takes=WantedDrop,
        example={"why": examples.WHY, "at": 2},
        parameters=(DRY_RUN,),
        codes=("no_such_lane", "not_droppable"),
    ),
    "list_sagas": Operation("The sagas that need a person", (_ROWS,)),
    "act_on_saga": Operation(
        "Retry, skip or compensate a saga, where its machine lets that be",
        (_ROW,),
        takes=WantedAct,
        example={"why": examples.WHY},
        parameters=(DRY_RUN,),
        codes=("no_such_saga", "not_possible"),
    ),
    "list_deeds": Operation("Who did what, when and why: the last thirty days", (_ROWS,), parameters=(LIMIT,)),
    "get_live": Operation("Is it alive?", (Success(shapes.Live),)),
    "get_ready": Operation(
        "Is it ready?", (Success(shapes.Ready), Success(shapes.NotReady, HTTPStatus.SERVICE_UNAVAILABLE))
    ),
    "get_health": Operation(
        "Is it well?", (Success(shapes.Health), Success(shapes.NotReady, HTTPStatus.SERVICE_UNAVAILABLE))
    ),
    "get_feeds": Operation("How far behind is each feed?", (Success(shapes.Feeds),)),
    "get_problems": Operation("What each problem means, and what to do about it", (Success(str, media=HTML),)),
    "get_openapi": Operation(
        "This document", (Success(dict[str, object], headers=(TAG,)), _UNCHANGED), parameters=(IF_NONE_MATCH,)
    ),
    "get_docs": Operation(
        "A page to try all this", (Success(str, headers=(TAG,), media=HTML), _UNCHANGED), parameters=(IF_NONE_MATCH,)
    ),
}
