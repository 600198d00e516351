"""Every parameter of the API, each once, with the problems and headers that it brings along."""

from datetime import date
from typing import Annotated, Final

from pydantic import Field

from api.freshness import STALE_OK
from api.openapi import examples
from api.openapi.operation import Header, Parameter
from api.requests import DEFAULT_LIMIT, KEY, MAX_LIMIT, Id
from orders.events import Status
from shared.kernel.by_hand import Act

LOCATION: Final = Header("Location", "Where the order is.")
ETAG: Final = Header("ETag", "The sequence of the order's last event, for If-Match.")
TAG: Final = Header("ETag", "Of this text, for If-None-Match.")
REPLAYED: Final = Header(
    "Idempotent-Replayed", "This is the answer to an earlier request.", {"type": "string", "const": "true"}
)
LINK: Final = Header("Link", 'The next page, `<…>; rel="next"`; absent on the last one.')
WARNING: Final = Header("Warning", "The view lags behind what was committed before this request (RFC 7234).")
LAG: Final = Header("X-View-Lag", "By how many changes the view lags.", {"type": "string", "pattern": "^[0-9]+$"})
APPLIED: Final = Header(
    "Preference-Applied", "That nothing was waited for, as asked (RFC 7240).", {"type": "string", "const": STALE_OK}
)

ORDER_ID: Final = Parameter("orderId", "path", "An order.", Id, examples.ORDER_ID)
CUSTOMER_ID: Final = Parameter("customerId", "path", "A customer.", Id, examples.CUSTOMER)
PRODUCT_ID: Final = Parameter("productId", "path", "A product.", Id, examples.PRODUCT)
LANE: Final = Parameter(
    "lane",
    "path",
    "A parked key and what waits behind it.",
    Annotated[str, Field(pattern=r"^[A-Za-z0-9_:.@=+-]{1,600}$")],
    examples.LANE,
)
ACT: Final = Parameter("act", "path", "What to do to the saga.", Act, "retry")
IN_PATH: Final = {each.name: each for each in (ORDER_ID, CUSTOMER_ID, PRODUCT_ID, LANE, ACT)}

CONSUMER: Final = Parameter("consumer", "query", "Only what this consumer has parked.", example="publish_orders")
REASON: Final = Parameter("reason", "query", "Only what was parked for this reason.", example="unreadable")
KEY_OF_LANE: Final = Parameter("key", "query", "Only of this order.", example=examples.ORDER_ID)
DRY_RUN: Final = Parameter(
    "dryRun", "query", "Change nothing, and say what would change and be sent.", bool, example=True
)

STATUS: Final = Parameter(
    "status", "query", "Only orders with this status.", Status, "pending", codes=("invalid_status",)
)
START: Final = Parameter(
    "startDate", "query", "From this UTC day on.", date, "2026-01-01", codes=("invalid_date", "invalid_dates")
)
END: Final = Parameter(
    "endDate", "query", "Up to this UTC day, all of it.", date, "2026-12-31", codes=("invalid_date", "invalid_dates")
)
FROM: Final = Parameter(
    "from", "query", "The first UTC day.", date, "2026-01-01", is_required=True, codes=("invalid_period",)
)
TO: Final = Parameter(
    "to", "query", "The last UTC day, included.", date, "2026-01-31", is_required=True, codes=("invalid_period",)
)
LIMIT: Final = Parameter(
    "limit",
    "query",
    f"How many orders a page has; {DEFAULT_LIMIT} when it is not said.",
    Annotated[int, Field(ge=1, le=MAX_LIMIT)],
    10,
    codes=("invalid_limit",),
)
CURSOR: Final = Parameter(
    "cursor",
    "query",
    "Where a page begins: opaque, out of the Link of the page before.",
    codes=("invalid_cursor",),
    headers=(LINK,),
)
PREFER: Final = Parameter(
    "Prefer",
    "header",
    f"`{STALE_OK}`: answer at once with what the view has. Otherwise the answer waits, up to 2 s, for the view to have "
    "what was committed before.",
    example=STALE_OK,
    headers=(APPLIED, WARNING, LAG),
)
IDEMPOTENCY_KEY: Final = Parameter(
    "Idempotency-Key",
    "header",
    "Asked again with the same key and body, the first answer is given and nothing is done.",
    Annotated[str, Field(pattern=f"^{KEY.pattern}$")],
    examples.KEY,
    codes=("invalid_idempotency_key", "idempotency_key_reused"),
    headers=(REPLAYED,),
)
IDEMPOTENCY_KEY_OF_ALL: Final = Parameter(
    "Idempotency-Key",
    "header",
    "Of the whole batch: an order without a key of its own is known by this one and its place.",
    Annotated[str, Field(pattern=f"^{KEY.pattern}$")],
    examples.KEY,
    codes=("invalid_idempotency_key",),
)
IF_MATCH: Final = Parameter(
    "If-Match",
    "header",
    "Only if the order still has one of these ETags.",
    Annotated[str, Field(pattern=r'^(\*|(W/)?"[^"]*"(, *(W/)?"[^"]*")*)$')],
    codes=("invalid_if_match", "precondition_failed"),
)
AS_OF: Final = Parameter(
    "asOf",
    "query",
    "As it was at this time, or after the event with this sequence.",
    Annotated[str, Field(pattern=r"^([1-9][0-9]{0,8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T.+)$")],
    "1",
    codes=("invalid_as_of",),
)
IF_NONE_MATCH: Final = Parameter("If-None-Match", "header", "The ETag of what the caller still has.")
CORRELATION: Final = Parameter(
    "X-Correlation-Id", "header", "Kept with every event that follows from this request; made up when it is no id.", Id
)
TRACEPARENT: Final = Parameter("traceparent", "header", "The trace to belong to (W3C Trace Context).")

PAGE: Final = (LIMIT, CURSOR, PREFER)
CAUSE: Final = (CORRELATION, TRACEPARENT)
