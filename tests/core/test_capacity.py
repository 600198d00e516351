"""Laws of the scale calculator: more work never needs less, and no limit of Azure is overlooked."""

import json
from dataclasses import replace
from math import ceil, inf, nan
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from local.cosmos import charges as counted
from shared.capacity import Plan, Sku, Workload, charges, plan
from shared.capacity.cost import cost_class
from shared.capacity.uses import USES
from shared.kernel import Misconfigured

ROOT = Path(__file__).parents[2]
CONTAINERS = [entry["name"] for entry in json.loads((ROOT / "infra/containers.json").read_text())["containers"]]
WORKLOADS = st.builds(
    Workload,
    orders_per_second=st.floats(0.001, 2000),
    lines_per_order=st.floats(1, 30),
    events_per_order=st.floats(1, 20),
    requests_per_order=st.floats(1, 50),
    consumers=st.integers(1, 12),
    kept_days=st.floats(1, 3650),
    busiest_to_mean=st.floats(1, 20),
    poll_seconds=st.floats(0.05, 5),
    regions=st.integers(1, 3),
    zones=st.integers(1, 3),
)
SKUS = st.sampled_from(list(Sku))
GROWS = st.sampled_from(
    ["orders_per_second", "lines_per_order", "requests_per_order", "consumers", "kept_days", "regions", "zones"]
)
SIZES = st.integers(1, 100)


def needs(made: Plan) -> list[float]:
    """Everything that must not become less when there is more to do."""
    per_container = [
        value for each in made.containers for value in (each.partitions, each.max_throughput, each.gigabytes)
    ]
    return [*per_container, made.instances, made.throughput_units, made.cpu_seconds, made.dollars]


@given(WORKLOADS, GROWS, st.integers(1, 10), SKUS)
@example(Workload(1), "orders_per_second", 1000, Sku.EP1)
def test_more_work_never_needs_less(work: Workload, grows: str, times: int, sku: Sku) -> None:
    less, more = (
        plan(each, CONTAINERS, sku=sku) for each in (work, replace(work, **{grows: getattr(work, grows) * times}))
    )

    for before, after in zip(needs(less), needs(more), strict=True):
        assert after >= before * (1 - 1e-9)


@given(WORKLOADS)
def test_no_partition_is_asked_for_more_than_it_can_do(work: Workload) -> None:
    for each in plan(work, CONTAINERS).containers:
        assert each.partitions >= ceil(each.ru_per_second / 10_000 - 1e-6)
        assert each.partitions >= ceil(each.gigabytes / 50)


@given(WORKLOADS)
def test_the_maximum_is_one_that_autoscale_takes(work: Workload) -> None:
    for each in plan(work, CONTAINERS).containers:
        assert each.max_throughput >= max(1000, each.ru_per_second, 10 * each.gigabytes)
        assert each.max_throughput % 1000 == 0


@given(WORKLOADS, SKUS)
def test_instances_cover_the_zones_and_the_work(work: Workload, sku: Sku) -> None:
    made = plan(work, CONTAINERS, sku=sku)

    assert made.instances >= work.zones
    assert made.instances * sku.cores >= made.cpu_seconds
    assert 1 <= made.batch <= 100


@given(WORKLOADS)
def test_a_larger_instance_never_means_more_of_them(work: Workload) -> None:
    one, two, four = (plan(work, CONTAINERS, sku=sku).instances for sku in Sku)

    assert one >= two >= four


@given(st.floats(1, 1e7), st.floats(1, 1e7))
def test_a_class_of_cost_is_a_factor_of_two_and_holds_its_amount(one: float, other: float) -> None:
    high, low = (
        float(cost_class(dollars).split("$")[-1].replace(",", "")) for dollars in sorted((one, other), reverse=True)
    )

    assert high >= low >= min(one, other)
    assert low <= max(250, 2 * min(one, other))


@given(SIZES, st.integers(0, 30))
def test_an_operation_costs_what_the_local_server_charges(size: int, indexed: int) -> None:
    exact = size * 1024

    assert charges.read(size) == pytest.approx(2 * counted.read(exact))
    assert charges.create(size, indexed) == pytest.approx(counted.create(exact, indexed + 2))
    assert charges.replace(size, indexed) == pytest.approx(counted.replace(exact, indexed + 2))
    one_row = counted.query(1, exact, 1, filtered=True, ordered=True)
    assert charges.query(1, size) == pytest.approx(2 * one_row)


def test_every_declared_container_has_its_use_and_no_other_has() -> None:
    assert set(CONTAINERS) == USES.keys()


def test_a_container_nobody_knows_is_refused() -> None:
    with pytest.raises(Misconfigured, match="wish-lists"):
        plan(Workload(1), ["wish-lists"])


@pytest.mark.parametrize("nonsense", [0, -1, inf, nan])
def test_work_that_makes_no_sense_is_refused(nonsense: float) -> None:
    with pytest.raises(Misconfigured, match="orders_per_second"):
        Workload(nonsense)
    with pytest.raises(Misconfigured, match="at least one line"):
        Workload(1, lines_per_order=0.5)
