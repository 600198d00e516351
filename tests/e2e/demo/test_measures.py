"""The demo's smaller parts: lanes, latencies, the end of waiting, and the contract of its last line."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo.baskets import Basket, Line
from local.demo.charge import without_own
from local.demo.door import PatientDoor, Reply, UnexpectedAnswer, asked
from local.demo.journey import PAYS, TROUBLE, journey_of
from local.demo.paced import parts, shipped_ms
from local.demo.promises import Promise
from local.demo.report import Report, Waited
from local.demo.rows import Json, ViewRow
from local.demo.settled import NotSettled, is_settled, sagas_ended, settled
from local.demo.shelves import levels_for
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


def test_a_tenth_is_paid_with_trouble_of_every_kind() -> None:
    journeys = [journey_of(basket_id) for basket_id in range(600)]

    tokens = Counter(journey.token for journey in journeys)

    assert tokens == {PAYS: 540, **dict.fromkeys(TROUBLE, 10)}
    assert not any(journey.is_deleted and journey.moves for journey in journeys)


@given(st.sampled_from(["pending", "shipped", "delivered", "cancelled", "deleted"]))
def test_what_a_person_has_done_stands_and_what_was_left_alone_may_be_fulfilled_or_not(last: str) -> None:
    row = ViewRow("o", "ada", "pending", (), 0, datetime(2026, 1, 31, tzinfo=UTC))
    ends = {status: replace(row, status=status) for status in ("pending", "shipped", "delivered", "cancelled")}

    kept = {status for status, end in (ends | {"deleted": None}).items() if Promise(row, last).is_kept_by(end)}

    assert kept == ({"pending", "shipped", "cancelled"} if last == "pending" else {last})
    assert not Promise(replace(row, total_cents=1), last).is_kept_by(ends.get(last)) or last == "deleted"


@given(st.lists(st.integers(0, 9), unique=True, max_size=200), st.data())
def test_the_smallest_baskets_are_placed_at_a_pace_and_none_is_left_out(ids: list[int], data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 9), min_size=len(ids), max_size=len(ids)))
    line = Line("tea", "Tea", 1, 1)
    baskets = [Basket(basket_id, "ada", (line,) * size) for basket_id, size in zip(ids, sizes, strict=True)]

    at_once, slowly = parts(baskets)

    assert sorted([*at_once, *slowly], key=baskets.index) == baskets
    assert len(slowly) == len(baskets) // 2
    largest = max((len(basket.lines) for basket in slowly), default=0)
    assert all(len(basket.lines) >= largest for basket in at_once)


@pytest.mark.parametrize(("orders", "paced"), [(1, 0), (25, 12), (60, 25), (300, 30), (5000, 500)])
def test_a_tenth_is_placed_at_a_pace_but_enough_to_measure(orders: int, paced: int) -> None:
    assert len(parts([Basket(number, "ada", ()) for number in range(orders)])[1]) == paced


def test_some_of_what_is_wanted_most_is_not_there() -> None:
    bread, tea = Line("bread", "Bread", 1, 1), Line("tea", "Tea", 5, 1)
    rare = tuple(Line(f"rare-{number}", "Rare", 9, 1) for number in range(9))

    levels = levels_for([Basket(1, "ada", (bread, tea, *rare[:3])), Basket(2, "bob", (bread, tea))])

    assert len(levels) == 5
    assert (levels["bread"], levels["tea"]) == (0, 4)


def test_from_sending_to_shipped_counts_what_was_sent_here_and_has_shipped() -> None:
    sent_at = dict.fromkeys("ab", datetime(2026, 1, 31, 9, 30, tzinfo=UTC))
    shipped = {"type": "OrderShipped", "at": "2026-01-31T09:30:00.250000Z"}

    assert shipped_ms(sent_at, [shipped | {"orderId": "a"}, shipped | {"orderId": "c"}]) == [250.0]


async def test_whoever_is_too_busy_is_asked_again_and_any_other_answer_counts() -> None:
    answers = iter([Reply(503, None), Reply(503, None), Reply(409, None), Reply(201, None)])

    async def door(*_: object, **__: object) -> Reply:
        return next(answers)

    assert (await PatientDoor(door)("POST", "/api/orders")).status == 409


async def test_a_door_that_stays_shut_is_told_in_the_end() -> None:
    async def door(*_: object, **__: object) -> Reply:
        return Reply(503, {"code": "try_again"})

    with pytest.raises(UnexpectedAnswer, match=r"^POST /api/orders answered 503 try_again$"):
        await asked(PatientDoor(door, timedelta(0)), "POST", "/api/orders", accepts=(201,))


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


class Changing:
    """A store whose containers change from one look to the next."""

    def __init__(self, *looks: list[Json]) -> None:
        self._looks = iter(looks)

    async def changes(self, *_: object) -> tuple[list[Json], str]:
        return next(self._looks, []), "a place"


def a_saga(order_id: str, **due: object) -> Json:
    asked_for = {"name": "release_stock", "attempts": 3, **due}
    return {"orderId": order_id, "entered": [{"phase": "settling"}], "asked": [asked_for], **due}


async def test_sagas_have_ended_when_none_of_them_is_due() -> None:
    shown: list[int] = []
    stored = Changing([a_saga("a", dueAt="soon"), a_saga("b")], [a_saga("a")])

    await sagas_ended(stored, shown.append)

    assert shown == [1, 0]


async def test_waiting_for_sagas_ends_with_what_they_are_still_asking_for() -> None:
    stored = Changing([a_saga("a", dueAt="never")])

    with pytest.raises(NotSettled, match="a is in settling, asked for release_stock 3 times"):
        await sagas_ended(stored, lambda _: None, patience=timedelta(0))


def test_the_demos_own_watching_costs_the_app_nothing() -> None:
    leases = {"container": "dbs/L/colls/leases", "operation": "Replace", "charge": 10.0}
    feed = {"container": "dbs/S/colls/orders", "operation": "ChangeFeed", "charge": 2.5}
    watching = {"container": "dbs/S/colls/customer-orders", "operation": "ChangeFeed", "charge": 99.0}

    assert without_own([leases, feed, watching]) == 12.5


def test_the_last_line_has_the_contracts_keys_in_their_order() -> None:
    verdict = replace(Verdict(*(0 for _ in fields(Verdict))), orders=4, money_difference_minor=3)

    line = Report(verdict, Waited([12.34], []), asked_twice=1, in_trouble=1, request_charge=50.0, seconds=2.0).to_json()

    told = json.loads(line)
    assert list(told) == KEYS
    assert (told["orders"], told["p50_view_ms"], told["p99_shipped_ms"], told["ru_per_order"]) == (4, 12.3, None, 12.5)
    assert (told["money_difference_minor"], told["stock_difference"], told["published"]) == (3, 0, 0)
