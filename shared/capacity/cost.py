"""What it may cost a month, as a class: list prices move, differ by region, and know discounts.

Prices in US dollars, East US, pay as you go: azure.microsoft.com/pricing/details/cosmos-db, /functions, /event-hubs.
"""

from collections.abc import Iterable
from enum import StrEnum
from math import ceil, log2
from typing import Final, Protocol

from shared.capacity import limits
from shared.capacity.workload import Workload

HOURS: Final = 730
AUTOSCALE_PER_100_RU_HOUR: Final = 0.012
GIGABYTE_MONTH: Final = 0.25
CORE_HOUR: Final = 0.173
MEMORY_GIGABYTE_HOUR: Final = 0.0123
UNIT_HOUR: Final = 0.03
# Private endpoints, vault, two storage accounts, logs of a small system.
AROUND_IT: Final = 150.0
LOWEST_CLASS: Final = 250


class Sku(StrEnum):
    """learn.microsoft.com/azure/azure-functions/functions-premium-plan: 1, 2 or 4 cores with 3.5 GB each."""

    EP1 = "EP1"
    EP2 = "EP2"
    EP3 = "EP3"

    @property
    def cores(self) -> int:
        return {"EP1": 1, "EP2": 2, "EP3": 4}[self.value]

    @property
    def gigabytes(self) -> float:
        return 3.5 * self.cores


class Priced(Protocol):
    @property
    def max_throughput(self) -> int: ...
    @property
    def ru_per_second(self) -> float: ...
    @property
    def gigabytes(self) -> float: ...


def monthly(work: Workload, containers: Iterable[Priced], sku: Sku, *, instances: int, units: int) -> float:
    """Autoscale bills the highest RU/s of each hour, at least a tenth of the maximum, in every region."""
    store = sum(_container(work, each) for each in containers) * work.regions
    busy = max(work.zones, instances / work.busiest_to_mean)
    compute = busy * HOURS * (sku.cores * CORE_HOUR + sku.gigabytes * MEMORY_GIGABYTE_HOUR)
    return store + compute + units * UNIT_HOUR * HOURS + AROUND_IT


def _container(work: Workload, container: Priced) -> float:
    billed = max(limits.IDLE_SHARE * container.max_throughput, container.ru_per_second / work.busiest_to_mean)
    return billed / 100 * AUTOSCALE_PER_100_RU_HOUR * HOURS + container.gigabytes * GIGABYTE_MONTH


def cost_class(dollars: float) -> str:
    """Each class ends at twice its beginning."""
    steps = max(0, ceil(log2(dollars / LOWEST_CLASS)))
    low, high = LOWEST_CLASS * 2 ** (steps - 1), LOWEST_CLASS * 2**steps
    return f"up to ${high:,.0f}" if not steps else f"${low:,.0f} to ${high:,.0f}"
