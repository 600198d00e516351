"""Every figure the app gives of itself: its name, its unit, and the few attributes it may be told apart by.

This is the declaration: docs/metrics.md and infra/metrics.json repeat it, and a test holds the three together. The
values of every attribute come from the code or from the data model, never from what somebody sends.
"""

from dataclasses import dataclass
from typing import Final, Literal

type Kind = Literal["counter", "gauge", "histogram"]


@dataclass(frozen=True, slots=True)
class Metric:
    """`unit` as in UCUM; RU are Cosmos DB's request units. `bounds` part the values of a histogram."""

    name: str
    unit: str
    kind: Kind
    about: str
    attributes: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()


# From a point read to a batch that is given up.
_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 120.0)
# From an answer at once to a step that waits for its deadline.
_STEPS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)
_COUNTS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)

FEED_LAG_SECONDS: Final = Metric(
    "feed.lag.seconds", "s", "gauge", "Age of the oldest change that a consumer has not handled.", ("consumer", "lease")
)
FEED_LAG_CHANGES: Final = Metric(
    "feed.lag.changes", "1", "gauge", "Transactions that a consumer has not handled.", ("consumer", "lease")
)
FEED_LEASES_UNOWNED: Final = Metric("feed.leases.unowned", "1", "gauge", "Leases that no host holds.", ("consumer",))
FEED_LEASES_UNKNOWN: Final = Metric(
    "feed.leases.unknown", "1", "gauge", "Leases whose lag cannot be told, and ranges without a lease.", ("consumer",)
)
FEED_ESTIMATE_SECONDS: Final = Metric(
    "feed.estimate.seconds", "s", "histogram", "How long one estimate of all lags took.", bounds=_SECONDS
)
FEED_ESTIMATE_CHARGE: Final = Metric("feed.estimate.charge", "RU", "counter", "What the estimates of lag cost.")
FEED_ESTIMATE_AGE: Final = Metric(
    "feed.estimate.age", "s", "gauge", "How old the estimate before this one had become: a frozen one shows here."
)
FEED_BATCH_SIZE: Final = Metric(
    "feed.batch.size", "1", "histogram", "Changes in one batch that are for the consumer.", ("consumer",), _COUNTS
)
FEED_BATCH_SECONDS: Final = Metric(
    "feed.batch.seconds", "s", "histogram", "How long one batch took.", ("consumer",), _SECONDS
)
FEED_SPANS: Final = Metric(
    "feed.spans",
    "1",
    "counter",
    "Keys of batches by what became of them: applied, skipped, held, parked or waiting.",
    ("consumer", "outcome"),
)
FEED_VISIBLE_SECONDS: Final = Metric(
    "feed.visible.seconds",
    "s",
    "histogram",
    "From the oldest event of a key in a batch to the moment its consumer had applied it; of one key in 128.",
    ("consumer",),
    _SECONDS,
)
FEED_HOTTEST_SHARE: Final = Metric(
    "feed.hottest.share", "1", "gauge", "The share of the busiest key in a minute's events, at most.", ("consumer",)
)
LANE_PARKED: Final = Metric("lane.parked", "1", "gauge", "Keys that are parked.", ("consumer",))
LANE_OLDEST_SECONDS: Final = Metric(
    "lane.oldest.seconds", "s", "gauge", "How long the longest parked key has been parked.", ("consumer",)
)
STORE_REQUESTS: Final = Metric(
    "store.requests",
    "1",
    "counter",
    "Requests to Cosmos DB: ok, conflict, throttled or failed. The SDK's own repetitions count.",
    ("container", "operation", "outcome"),
)
STORE_CHARGE: Final = Metric(
    "store.charge", "RU", "counter", "What requests to Cosmos DB cost.", ("container", "operation")
)
DEPENDENCY_SECONDS: Final = Metric(
    "dependency.seconds",
    "s",
    "histogram",
    "How long the outside took to answer: the store, a gateway, the event hub.",
    ("dependency", "operation", "outcome"),
    _SECONDS,
)
DECIDE_CONFLICTS: Final = Metric(
    "decide.conflicts", "1", "counter", "Commands that were decided again because somebody wrote first.", ("command",)
)
ORDER_OPENED: Final = Metric("order.opened", "1", "counter", "Streams that were begun: the orders placed.")
ORDER_CHARGE: Final = Metric(
    "order.charge", "RU", "counter", "What orders cost by where: RU per order is its sum over order.opened.", ("stage",)
)
SAGA_STEP_SECONDS: Final = Metric(
    "saga.step.seconds", "s", "histogram", "How long a saga stayed in one phase.", ("saga", "step"), _STEPS
)
SAGA_STUCK: Final = Metric("saga.stuck", "1", "gauge", "Sagas whose deadline passed without a step.")
SAGA_NUDGED: Final = Metric(
    "saga.nudged", "1", "counter", "Sagas that the watchdog had to move on, because no timer had in time."
)
SAGA_NEEDS_ATTENTION: Final = Metric("saga.needs_attention", "1", "gauge", "Sagas that a person has to look at.")
OUTBOX_OLDEST_SECONDS: Final = Metric(
    "outbox.oldest.seconds", "s", "gauge", "Age of the oldest event that is not published."
)

METRICS: Final[tuple[Metric, ...]] = (
    FEED_LAG_SECONDS,
    FEED_LAG_CHANGES,
    FEED_LEASES_UNOWNED,
    FEED_LEASES_UNKNOWN,
    FEED_ESTIMATE_SECONDS,
    FEED_ESTIMATE_CHARGE,
    FEED_ESTIMATE_AGE,
    FEED_BATCH_SIZE,
    FEED_BATCH_SECONDS,
    FEED_SPANS,
    FEED_VISIBLE_SECONDS,
    FEED_HOTTEST_SHARE,
    LANE_PARKED,
    LANE_OLDEST_SECONDS,
    STORE_REQUESTS,
    STORE_CHARGE,
    DEPENDENCY_SECONDS,
    DECIDE_CONFLICTS,
    ORDER_OPENED,
    ORDER_CHARGE,
    SAGA_STEP_SECONDS,
    SAGA_STUCK,
    SAGA_NEEDS_ATTENTION,
    SAGA_NUDGED,
    OUTBOX_OLDEST_SECONDS,
)
