"""The demo's smaller parts: lanes, latencies, the end of waiting, and the contract of its last line."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo.baskets import Basket
from local.demo.charge import without_own
from local.demo.journey import journey_of
from local.demo.report import Report
from local.demo.rows import Json
from local.demo.settled import NotSettled, is_settled, settled
from local.demo.shop import lanes
from local.demo.sightings import latencies_ms, percentile
from local.demo.verdict import Verdict

KEYS = [
    "orders",
    "events",
    "rows",
    "view_mismatches",
    "tally_difference_minor",
    "lost",
    "duplicated",
    "parked",
    "shipped",
    "cancelled",
    "money_difference_minor",
    "stock_difference",
    "published",
    "publish_order_violations",
    "p50_view_ms",
    "p99_view_ms",
    "p50_shipped_ms",
    "p99_shipped_ms",
    "ru_per_order",
    "seconds",
]

AT_TAIL = {"consumer": "project_customer_orders", "container": "orders", "leases": 4, "owned": 4, "lag": 0}


@given(st.lists(st.builds(Basket, st.integers(), st.sampled_from("abcdef"), st.just(()))), st.integers(1, 5))
def test_a_customers_baskets_stay_together_and_in_order(baskets: list[Basket], count: int) -> None:
    split = lanes(baskets, count)

    for customer in {basket.customer_id for basket in baskets}:
        own = [basket for basket in baskets if basket.customer_id == customer]
        assert [basket for lane in split for basket in lane if basket.customer_id == customer] == own
        assert sum(any(basket.customer_id == customer for basket in lane) for lane in split) == 1


@given(st.integers(min_value=0))
def test_a_journey_ends_where_its_moves_lead(basket_id: int) -> None:
    journey = journey_of(basket_id)

    assert journey.last_status == (journey.moves or ("pending",))[-1]
    assert journey.steps == 1 + len(journey.moves) + journey.is_deleted
    assert not (journey.is_deleted and journey.moves)


@given(st.lists(st.floats(0, 1000), min_size=1), st.integers(1, 100))
def test_a_percentile_is_reached_by_that_many(values: list[float], percent: int) -> None:
    ordered = sorted(values)

    found = percentile(ordered, percent)

    assert found in ordered
    assert sum(value <= found for value in ordered) * 100 >= percent * len(ordered)


def test_only_rows_that_were_seen_have_a_latency_and_none_is_negative() -> None:
    assert latencies_ms({"a": 1.0, "b": 2.0, "c": 3.0}, {"a": 1.25, "b": 1.5, "d": 9.0}) == [0.0, 250.0]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({}, True), ({"lag": 1}, False), ({"owned": 3}, False), ({"leases": 0, "owned": 0}, False)],
)
def test_settled_means_at_the_tail_with_every_lease_owned(changed: dict[str, int], *, expected: bool) -> None:
    assert is_settled([AT_TAIL, AT_TAIL | changed]) is expected


def test_no_feed_at_all_is_not_settled() -> None:
    assert not is_settled([])


async def test_waiting_ends_with_the_places_of_feeds_that_stand_still() -> None:
    async def stuck() -> Sequence[Json]:
        return [AT_TAIL | {"lag": 7, "owned": 0}]

    with pytest.raises(NotSettled, match="project_customer_orders is 7 behind and owns 0 of 4 leases"):
        await settled(stuck, lambda _: None, patience=timedelta(0))


def test_the_demos_own_watching_costs_the_app_nothing() -> None:
    leases = {"container": "dbs/L/colls/leases", "operation": "Replace", "charge": 10.0}
    feed = {"container": "dbs/S/colls/orders", "operation": "ChangeFeed", "charge": 2.5}
    watching = {"container": "dbs/S/colls/customer-orders", "operation": "ChangeFeed", "charge": 99.0}

    assert without_own([leases, feed, watching]) == 12.5


def test_the_last_line_has_the_contracts_keys_in_their_order() -> None:
    verdict = Verdict(
        orders=4,
        events=5,
        rows=3,
        shipped=1,
        cancelled=0,
        view_mismatches=0,
        lost=0,
        duplicated=0,
        parked=0,
        tally_difference_minor=0,
    )

    line = Report(verdict, 1, 1, p50_view_ms=12.34, p99_view_ms=None, request_charge=50.0, seconds=2.0).to_json()

    told = json.loads(line)
    assert list(told) == KEYS
    assert (told["orders"], told["p50_view_ms"], told["p99_view_ms"], told["ru_per_order"]) == (4, 12.3, None, 12.5)
