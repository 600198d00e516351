"""From a workload to numbers: request units, partitions, instances, batches, and a class of cost. All are estimates."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

from shared.capacity import charges, limits
from shared.capacity.cost import Sku, cost_class, monthly
from shared.capacity.uses import EVENT, SMALL, USES, Use
from shared.capacity.workload import Workload
from shared.kernel import Misconfigured

KILOBYTES_PER_GIGABYTE: Final = 1024**2
# One item of the host, indexed whole: 8 values.
LEASE: Final = 0.6
LEASE_VALUES: Final = 8


@dataclass(frozen=True, slots=True)
class Provision:
    """What one container needs. `partitions` are physical; `max_throughput` is the autoscale maximum in RU/s."""

    container: str
    ru_per_order: float
    ru_per_second: float
    partitions: int
    max_throughput: int
    gigabytes: float

    def as_row(self) -> dict[str, object]:
        return {
            "part": self.container,
            "ru_per_order": round(self.ru_per_order, 1),
            "ru_per_second": round(self.ru_per_second),
            "partitions": self.partitions,
            "max_throughput": self.max_throughput,
            "gigabytes": round(self.gigabytes, 1),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """`batch` is how many changes a page is expected to carry; `cpu_seconds` are used every second."""

    containers: tuple[Provision, ...]
    sku: Sku
    instances: int
    batch: int
    cpu_seconds: float
    throughput_units: int
    dollars: float

    @property
    def is_within_limits(self) -> bool:
        return self.instances <= limits.MOST_INSTANCES

    def as_rows(self) -> list[dict[str, object]]:
        functions: dict[str, object] = {
            "part": f"functions ({self.sku})",
            "instances": self.instances,
            "cpu_seconds_per_second": round(self.cpu_seconds, 2),
            "batch": self.batch,
            "within_limits": self.is_within_limits,
        }
        hubs: dict[str, object] = {"part": "event hubs", "throughput_units": self.throughput_units}
        total: dict[str, object] = {"part": "a month", "cost_class": cost_class(self.dollars)}
        return [*(each.as_row() for each in self.containers), functions, hubs, total]


def plan(work: Workload, containers: Iterable[str], *, sku: Sku = Sku.EP1) -> Plan:
    """For the containers of infra/containers.json. Raises Misconfigured for one that nothing is known about."""
    names = tuple(containers)
    if unknown := set(names) - USES.keys():
        raise Misconfigured(
            f"nothing is known about {sorted(unknown)}: shared/capacity/uses.py says what an order costs"
        )
    provisions = tuple(_provision(name, USES[name], work) for name in names)
    leases = sum(each.partitions for each in provisions if each.container == "orders") or 1
    cpu = _cpu(work, leases)
    instances = max(work.zones, ceil(cpu / (limits.BUSY_SHARE * sku.cores)))
    units = _throughput_units(work)
    return Plan(
        provisions,
        sku,
        instances,
        batch=_batch(work, leases),
        cpu_seconds=cpu,
        throughput_units=units,
        dollars=monthly(work, provisions, sku, instances=instances, units=units),
    )


def _provision(name: str, use: Use, work: Workload) -> Provision:
    per_order = use.ru(work)
    gigabytes = use.kilobytes(work) * work.orders_kept / KILOBYTES_PER_GIGABYTE
    demand = limits.HEADROOM * per_order * work.orders_per_second + _beside_orders(name, work)
    readers = use.readers(work)
    standing = limits.HEADROOM * _polling(work, readers)
    partitions = max(
        ceil(demand / (limits.RU_PER_PARTITION - standing)),
        ceil(gigabytes / limits.GIGABYTES_PER_PARTITION),
        ceil(work.events_per_second / limits.EVENTS_PER_LEASE) if readers else 1,
    )
    ru = demand + partitions * standing
    maximum = max(limits.LEAST_MAXIMUM, ru, gigabytes * limits.RU_PER_GIGABYTE)
    return Provision(name, per_order, ru, partitions, 1000 * ceil(maximum / 1000), gigabytes)


def _polling(work: Workload, readers: int) -> float:
    """RU a second that one partition's leases spend on asking whether there is anything new."""
    return readers / work.poll_seconds * charges.NOTHING_NEW


def _beside_orders(container: str, work: Workload) -> float:
    """RU a second that do not belong to a single order."""
    match container:
        case "leases":
            # A checkpoint a page, and what owning a lease costs; one more consumer reads the sagas' own feed.
            ranges = _ranges(work)
            writes = (work.consumers + 1) * (_pages(work, ranges) + ranges * limits.LEASE_WRITES_PER_SECOND)
            return limits.HEADROOM * writes * charges.replace(LEASE, LEASE_VALUES)
        case "poison":
            # The first batch of a part that was quiet is written down and crossed out (`Suspects`).
            firsts = work.consumers * min(work.events_per_second, limits.FIRST_BATCHES_PER_SECOND)
            return limits.HEADROOM * firsts * 2 * charges.create(SMALL, 1)
        case _:
            return 0.0


def _ranges(work: Workload) -> int:
    """Physical partitions of `orders`, whose feed the leases stand for."""
    return _provision("orders", USES["orders"], work).partitions


def _pages(work: Workload, ranges: int) -> float:
    """Pages a second of one consumer: an event each while they are rare, then one per rest, then full ones."""
    rests = ranges / work.poll_seconds
    return max(min(work.events_per_second, rests), work.events_per_second / limits.LARGEST_BATCH)


def _batch(work: Workload, ranges: int) -> int:
    return min(limits.LARGEST_BATCH, max(1, round(work.events_per_second / _pages(work, ranges))))


def _cpu(work: Workload, ranges: int) -> float:
    requests = work.orders_per_second * work.requests_per_order * limits.CPU_PER_REQUEST
    events = work.events_per_second * limits.CPU_PER_EVENT + _pages(work, ranges) * limits.CPU_PER_PAGE
    return requests + work.consumers * events


def _throughput_units(work: Workload) -> int:
    events = work.events_per_second
    return max(1, ceil(events / limits.EVENTS_PER_UNIT), ceil(2 * EVENT * events / limits.KILOBYTES_PER_UNIT))
