"""How much there is to do: orders, and what comes with each."""

from dataclasses import dataclass, fields
from typing import Final

from shared.kernel import Misconfigured

# Placed, stock held, payment requested and captured, shipment requested, shipped, delivered.
EVENTS_OF_A_FULFILLED_ORDER: Final = 7


@dataclass(frozen=True, slots=True)
class Workload:
    """`orders_per_second` is that of the busiest hour; `busiest_to_mean` says how much quieter an average hour is.

    `requests_per_order` are HTTP requests, placing included. `poll_seconds` is how long a drained feed rests
    (FEED_POLL_DELAY_MS). Raises Misconfigured for a value that makes no sense.
    """

    orders_per_second: float
    lines_per_order: float = 3
    events_per_order: float = EVENTS_OF_A_FULFILLED_ORDER
    requests_per_order: float = 6
    consumers: int = 5
    kept_days: float = 365
    busiest_to_mean: float = 4
    poll_seconds: float = 0.25
    regions: int = 1
    zones: int = 3

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 < value < 1e9:  # noqa: PLR2004 - nothing above it is a workload; infinity and NaN are neither
                raise Misconfigured(f"{field.name} must be above 0 and finite, for example 1")
        if min(self.lines_per_order, self.events_per_order, self.requests_per_order, self.busiest_to_mean) < 1:
            raise Misconfigured(
                "an order has at least one line, one event and one request; a peak is at least the mean"
            )

    @property
    def events_per_second(self) -> float:
        return self.orders_per_second * self.events_per_order

    @property
    def orders_kept(self) -> float:
        return self.orders_per_second / self.busiest_to_mean * 86_400 * self.kept_days
