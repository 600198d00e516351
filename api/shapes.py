"""The shapes of answers, as types: mypy holds the code to them, and the API's document is made from them."""

from typing import Annotated, Final, Literal, NotRequired, TypedDict

from pydantic import Field

from orders.events import Status
from sagas import SAGAS
from shared.kernel.saga import CLOSING, SETTLING
from shared.lag import FeedLag

PHASES: Final = [*dict.fromkeys(step.name for saga in SAGAS for step in saga.steps), CLOSING, SETTLING]

type Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="UTC, to the microsecond.")]
type Amount = Annotated[float, Field(ge=0, description="In the shop's currency, exact to two decimals.")]
type Phase = Annotated[str, Field(json_schema_extra={"enum": list(PHASES)})]
type Count = Annotated[int, Field(ge=0)]


class OrderLine(TypedDict):
    productId: str
    productName: str
    quantity: Count
    unitPrice: Amount


class Order(TypedDict):
    orderId: str
    customerId: str
    status: Status
    items: list[OrderLine]
    total: Amount
    createdAt: Moment


class Stale(TypedDict):
    """Since when the view waits for this order, why (docs/runbook.md), and the last event it has seen."""

    since: Moment
    reason: str
    last: Count


class ListedOrder(Order):
    """As a view shows it."""

    stale: NotRequired[Stale]


class Summary(TypedDict):
    """Of every order that was not deleted; the average is half-even to cents."""

    customerId: str
    totalOrders: Count
    totalSpent: Amount
    averageOrderValue: Amount


class PhaseEntry(TypedDict):
    """The saga came into a phase."""

    kind: Literal["saga"]
    phase: Phase
    at: Moment


class UnreadSaga(TypedDict):
    """The saga's phases cannot be told by this version; `reason` has its place in docs/runbook.md."""

    kind: Literal["saga"]
    phase: Literal["unknown"]
    reason: str
    at: Moment


class Step(TypedDict):
    """`until` is null in the phase that it is in."""

    phase: Phase
    since: Moment
    until: Moment | None


class Asked(TypedDict):
    """`next` is when it is asked again, null once it is answered; `trouble` how the last attempt failed."""

    name: str
    since: Moment
    attempts: Count
    next: Moment | None
    trouble: str


class SagaProgress(TypedDict):
    orderId: str
    saga: str
    version: int
    phase: Phase
    outcome: Literal["running", "completed", "compensated", "taken over"]
    deadline: Moment | None
    isLate: bool
    steps: list[Step]
    asked: list[Asked]


class Document(TypedDict):
    """`cause` is the id of what led to it, null where it began; some kinds tell more than this."""

    id: str
    kind: str
    what: str
    at: Moment | None
    cause: str | None
    trace: str | None
    document: str | None


class Why(TypedDict):
    orderId: str
    nodes: list[Document]


class Sales(TypedDict):
    orders: Count
    total: Amount


class DaySales(Sales):
    date: Annotated[str, Field(json_schema_extra={"format": "date"})]


class DailySales(Sales):
    """`incomplete` counts orders that are parked, and therefore missing."""

    days: list[DaySales]
    incomplete: NotRequired[Count]


class MonthSales(Sales):
    month: Annotated[str, Field(pattern=r"^\d{4}-\d\d$")]
    units: Count


class ProductSales(Sales):
    """`incomplete` counts orders that are parked, and therefore missing."""

    units: NotRequired[Count]
    months: list[MonthSales]
    incomplete: NotRequired[Count]


class Live(TypedDict):
    status: Literal["live"]


class Ready(TypedDict):
    status: Literal["ready"]


class NotReady(TypedDict):
    status: Literal["not ready"]
    reasons: list[str]


class Health(TypedDict):
    """Degraded is ready all the same; `off` says what the settings leave out."""

    status: Literal["ready", "degraded"]
    reasons: NotRequired[list[str]]
    off: NotRequired[list[str]]


class Measured(TypedDict):
    """What this measurement took of the store."""

    requests: Count
    requestUnits: float
    seconds: float
    at: Moment


class Last(TypedDict):
    """What the timer has measured: how long ago in seconds, and parked keys by consumer."""

    age: float | None
    silent: bool
    parked: dict[str, Count] | None


class Feeds(TypedDict):
    feeds: list[FeedLag]
    measured: Measured
    last: Last


class PlacedResult(TypedDict):
    """An order of a batch that is placed, now or by an earlier request."""

    status: Literal[201]
    location: str
    etag: str
    replayed: bool
    order: Order


class Pointed(TypedDict):
    """Where a request is wrong, by a JSON pointer into the body, a parameter or a header; and what is wrong there."""

    pointer: NotRequired[str]
    parameter: NotRequired[str]
    header: NotRequired[str]
    detail: str


class Problem(TypedDict):
    """RFC 9457. `code` is what programs look at; it keeps its meaning."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    traceId: str
    errors: NotRequired[list[Pointed]]


class FailedResult(TypedDict):
    """An order of a batch that is not placed, with the problem that it would have met alone."""

    status: Annotated[int, Field(ge=400, le=599)]
    problem: Problem


class BatchResult(TypedDict):
    """`results` are in the order of the orders; `requestUnits` and `retries` are what all of it took of the store."""

    placed: Count
    failed: Count
    requestUnits: Annotated[float, Field(ge=0)]
    retries: Count
    results: list[PlacedResult | FailedResult]
