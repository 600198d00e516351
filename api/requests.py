"""What comes in, checked and typed before anything else sees it."""

import hashlib
import re
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Final
from uuid import uuid4

import azure.functions as func
import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel

from api.access import asking
from api.problems import TRACEPARENT, Unacceptable
from orders.events import Status
from shared.kernel.personal import PERSONAL, SECRET
from shared.kernel.values import reads_as_time
from shared.pipeline import Cause

MAX_BODY: Final = 64 * 1024
MAX_BATCH_BODY: Final = 1024 * 1024
MAX_ORDERS: Final = 100
DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1000

_ID = re.compile(r"[A-Za-z0-9_:.-]{1,100}")
KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
# What the local part may hold without quotes (RFC 5321 section 4.1.2), and a domain with a dot.
_EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$"


def _no_time(text: str) -> str:
    if reads_as_time(text):
        raise ValueError("must not read as a date-time")
    return text


def _no_dots(text: str) -> str:
    # In a path, "." and ".." mean other places than themselves.
    if text in {".", ".."}:
        raise ValueError("must not be only dots")
    return text


def _number(value: object) -> Decimal:
    # bool is a number to Python, and pydantic reads decimals from strings; a price is neither.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic turns ValueError, not TypeError, into a finding
    return Decimal(str(value))


Id = Annotated[str, Field(pattern=f"^{_ID.pattern}$"), AfterValidator(_no_time), AfterValidator(_no_dots)]
MAX_PRICE: Final = 1_000_000
Price = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(ge=0, le=Decimal(MAX_PRICE), decimal_places=2, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_PRICE, "multipleOf": 0.01}),
]


class Body(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, strict=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )


class NewLine(Body):
    product_id: Id
    product_name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_no_time)]
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    unit_price: Price


class NewOrder(Body):
    """`shippingAddress`, `email` and `paymentToken` are private: they never enter an event."""

    customer_id: Annotated[Id, PERSONAL]
    items: Annotated[list[NewLine], Field(min_length=1, max_length=500)]
    shipping_address: Annotated[str, Field(max_length=2000), AfterValidator(_no_time), PERSONAL] | None = None
    email: Annotated[str, Field(pattern=_EMAIL, max_length=254), PERSONAL] | None = None
    payment_token: Annotated[str, Field(pattern=r"^tok_[a-z_]{1,60}$"), SECRET] | None = None


class KeyedOrder(NewOrder):
    """An order of a batch; with a key of its own it may be sent again, alone or in any batch."""

    idempotency_key: Annotated[str, Field(pattern=f"^{KEY.pattern}$")] | None = None


class NewBatch[O](Body):
    """Of KeyedOrders, each looked at by itself: one with errors keeps no other from being placed."""

    orders: Annotated[list[O], Field(min_length=1, max_length=MAX_ORDERS)]


class NewStatus(Body):
    status: Status


def body[B: Body](req: func.HttpRequest, kind: type[B], *, most: int = MAX_BODY) -> B:
    """Raises Unacceptable: 413 too large, 415 not said to be JSON, 400 not JSON, 422 not what the route takes."""
    raw = req.get_body()
    if len(raw) > most:
        raise Unacceptable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", f"a body has at most {most} bytes")
    # A page of another site may send forms and plain text to anybody, but JSON only to whom it may talk to.
    if str(req.headers.get("content-type", "")).partition(";")[0].strip().lower() != "application/json":
        raise Unacceptable(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "the body is application/json and says so"
        )
    try:
        return kind.model_validate_json(raw)
    except ValidationError as error:
        raise _invalid(error) from None


def part[B: Body](value: object, kind: type[B], *, at: str) -> B:
    """One part of a body that was read already. Raises Unacceptable 422, with pointers that begin with `at`."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise _invalid(error, at) from None


def _invalid(error: ValidationError, at: str = "") -> Unacceptable:
    findings = error.errors(include_input=False, include_url=False, include_context=False)
    if findings[0]["type"] == "json_invalid":
        return Unacceptable(HTTPStatus.BAD_REQUEST, "malformed_json", "the body is not JSON")
    pointed = [{"pointer": at + "/" + "/".join(map(str, f["loc"])), "detail": f["msg"]} for f in findings[:20]]
    return Unacceptable(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_body", "the body has errors", errors=pointed)


def path_id(req: func.HttpRequest, name: str) -> str | None:
    """None for what cannot be an id of ours, so that it is unknown rather than asked for."""
    value: str = req.route_params.get(name, "")
    return value if _ID.fullmatch(value) else None


def limit(req: func.HttpRequest) -> int:
    text = req.params.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise Unacceptable.parameter("limit", "invalid_limit", f"limit is a number from 1 to {MAX_LIMIT}")
    return int(text)


def idempotency_key(req: func.HttpRequest) -> str | None:
    key: str | None = req.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        detail = "Idempotency-Key has 1 to 255 visible ASCII characters"
        raise Unacceptable.header("Idempotency-Key", "invalid_idempotency_key", detail)
    return key


def placement(key: str | None, order: NewOrder) -> tuple[str, str]:
    """Order id and fingerprint: the same for the same caller and key, and for the same body under it.

    The key itself is not stored, so the fingerprint gives nothing away about the private part of the body.
    """
    if key is None:
        return f"ord_{uuid4().hex}", ""
    caller = asking().caller.id
    place = hashlib.sha256(f"{len(caller)}:{caller}:{key}".encode())
    fingerprint = hashlib.sha256(key.encode() + orjson.dumps(_canonical(order), option=orjson.OPT_SORT_KEYS))
    return f"ord_{place.hexdigest()[:32]}", fingerprint.hexdigest()


def _canonical(order: NewOrder) -> object:
    """The same for the same wish, however it was spelt and whatever fields later versions of this app add."""
    wish = order.model_dump(include=set(NewOrder.model_fields), exclude_none=True, mode="python")
    for line in wish["items"]:
        line["unit_price"] = int(line["unit_price"] * 100)
    return wish


def cause(req: func.HttpRequest) -> Cause:
    correlation = req.headers.get("X-Correlation-Id", "")
    traceparent = req.headers.get("traceparent", "")
    return Cause(
        causation_id=f"http:{uuid4().hex}",
        correlation_id=correlation if _ID.fullmatch(correlation) and not reads_as_time(correlation) else uuid4().hex,
        traceparent=traceparent if TRACEPARENT.fullmatch(traceparent) else "",
    )


def wants(req: func.HttpRequest, media_type: str) -> bool:
    """Whether the caller asks for it by name: what is only taken among everything else gets JSON."""
    accepted: str = req.headers.get("Accept", "")
    return media_type in {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
