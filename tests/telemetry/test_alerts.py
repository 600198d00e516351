"""Alerts, workbook, runbook and code agree, and each alert fires on what really happens, and on nothing else."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from shared.cosmos import (
    Account,
    CosmosBuckets,
    CosmosLaneCatalogue,
    CosmosPartitions,
    CosmosRows,
    CosmosSagaCounts,
)
from shared.cosmos.provision import provision
from shared.kernel import Key, Throttled
from shared.lag import WHOLE, Cost, Estimate, PhysicalRange
from shared.lag.reckoning import Feed, feed_lag
from shared.metrics import METRICS
from shared.observer import Spending
from shared.pipeline import Standing
from shared.pipeline.lag_told import LagTold, LeaseTold, tell_estimate, tell_feed
from shared.pipeline.lanes import lane
from shared.ports import Write
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint
from tests.fakes import FakeRows
from tests.orders import EPOCH
from tests.telemetry import kql
from tests.telemetry.hearing import Heard, hearing
from tests.telemetry.lives import Life

ROOT = Path(__file__).parents[2]
ALERTS: list[dict[str, Any]] = json.loads((ROOT / "infra/alerts.json").read_text())["logAlerts"]
QUERIES = {alert["name"]: (ROOT / f"infra/kql/{alert['name']}.kql").read_text() for alert in ALERTS}
SHOWN = [
    item["content"]["query"]
    for item in json.loads((ROOT / "infra/workbooks/operations.json").read_text())["items"]
    if "customMetrics" in item["content"].get("query", "")
]
DECLARED = {metric.name: metric for metric in METRICS}


@dataclass(frozen=True)
class Parked:
    """A `ParkedSince` over rows in memory."""

    rows: FakeRows

    async def since(self) -> Sequence[tuple[str, str]]:
        heads = [stored.item for (container, _), stored in self.rows.rows.items() if container == "poison"]
        return [(str(head["consumer"]), str(head["since"])) for head in heads if "since" in head]


@dataclass(frozen=True)
class Sagas:
    """A `SagaCounts` over rows in memory."""

    rows: FakeRows

    async def overdue(self, container: str, moment: str) -> int:
        return sum(str(item["dueAt"]) <= moment for item in self._running(container))

    async def unanswered(self, container: str, attempts: int) -> int:
        return sum(
            any("dueAt" in ask and ask["attempts"] >= attempts for ask in item["asked"])
            for item in self._running(container)
        )

    def _running(self, container: str) -> list[Mapping[str, Any]]:
        return [item.item for (held, _), item in self.rows.rows.items() if held == container and "dueAt" in item.item]


def standing(life: Life) -> Standing:
    names = [consumer.name for consumer in life.consumers]
    return Standing(life.observer, Parked(life.rows), Sagas(life.rows), names, lambda: life.now)


async def healthy(heard: Heard) -> None:
    life = Life(heard.observer)
    await life.placed()
    await life.until_settled()
    await standing(life).measure()
    for consumer in life.consumers:
        caught_up = LeaseTold("0", 0, 0.0, is_owned=True)
        tell_feed(heard.observer, consumer.name, [caught_up], publishes=consumer.name.startswith("publish"))
    tell_estimate(heard.observer, seconds=0.01, charge=8.0, age=20.0)


async def somebody_is_late(heard: Heard) -> None:
    tell_feed(heard.observer, "project_order_board", [LeaseTold("0", 30, 61.0, is_owned=True)])


async def nobody_measures_any_more(heard: Heard) -> None:
    await healthy(heard)
    heard.begin_window()


async def its_leases_were_lost(heard: Heard) -> None:
    ranges = (PhysicalRange("0", WHOLE),)
    lost = feed_lag(Feed("project_order_board", "orders", ranges, ()), now=EPOCH, expires_after=timedelta(minutes=1))
    leases = {lost.feed.consumer: lost.leases}
    LagTold(heard.observer).tell(Estimate(EPOCH, (lost.feed,), Cost(1, 1.0, 0.1), leases), before=None)


async def a_host_died(heard: Heard) -> None:
    tell_feed(heard.observer, "project_order_board", [LeaseTold("0", 0, 0.0, is_owned=False)])


async def an_event_cannot_be_read(heard: Heard) -> None:
    life = Life(heard.observer)
    await life.placed()
    await life.given(life.consumers[0], [dict(item) | {"data": None} for item in life.feed()])
    await standing(life).measure()


async def no_timer_comes(heard: Heard) -> None:
    life = Life(heard.observer, token="tok_timeout_not_charged")  # noqa: S106 - what the sandbox takes for a card
    await life.placed()
    await life.until_settled()
    life.now += timedelta(hours=2)
    await standing(life).measure()


async def a_provider_never_answers(heard: Heard) -> None:
    life = Life(heard.observer, is_away=True)
    await life.placed()
    for _ in range(40):
        life.now += timedelta(minutes=5)
        await life.delivered()
        await standing(life).measure()


async def the_hub_is_away(heard: Heard) -> None:
    tell_feed(heard.observer, "publish_orders", [LeaseTold("0", 4, 301.0, is_owned=True)], publishes=True)


HAPPENINGS: Mapping[str, Callable[[Heard], Awaitable[None]]] = {
    "feed_lag": somebody_is_late,
    "feed_silent": nobody_measures_any_more,
    "feed_unknown": its_leases_were_lost,
    "standing_silent": nobody_measures_any_more,
    "feed_unowned": a_host_died,
    "parked_lanes": an_event_cannot_be_read,
    "sagas_stuck": no_timer_comes,
    "sagas_need_attention": a_provider_never_answers,
    "unpublished_age": the_hub_is_away,
}


@pytest.mark.parametrize(
    "alert", [each for each in ALERTS if each["name"] in HAPPENINGS], ids=lambda each: each["name"]
)
async def test_an_alert_fires_when_what_it_warns_of_happens(alert: dict[str, Any]) -> None:
    with hearing() as heard:
        await HAPPENINGS[alert["name"]](heard)

        assert kql.fires(alert, QUERIES[alert["name"]], heard)


async def test_no_alert_fires_while_all_is_well() -> None:
    with hearing() as heard:
        await healthy(heard)

        assert [each["name"] for each in ALERTS if kql.fires(each, QUERIES[each["name"]], heard)] == []


def test_every_alert_is_made_to_fire_by_some_test() -> None:
    assert {alert["name"] for alert in ALERTS} == {*HAPPENINGS, "throttled_share"}


@pytest.mark.parametrize("query", [*QUERIES.values(), *SHOWN])
def test_what_an_alert_or_the_workbook_asks_for_is_declared_with_its_attributes(query: str) -> None:
    for name in kql.names(query):
        assert kql.attributes(query) <= set(DECLARED[name].attributes)


async def test_whatever_is_asked_for_is_emitted_by_a_run() -> None:
    with hearing() as heard:
        await healthy(heard)

        emitted = {metric.name for metric in METRICS if heard.points(metric.name)}
    asked = {name for query in [*QUERIES.values(), *SHOWN] for name in kql.names(query)}
    # Of the store, which a run in memory does not have: the tests below, and of a host in tests/e2e/test_told.py.
    assert asked - emitted <= {"store.requests", "store.charge", "order.charge"}


def test_the_runbook_has_a_place_for_every_alert() -> None:
    headings = {line.strip("# ") for line in (ROOT / "docs/runbook.md").read_text().splitlines() if line[:1] == "#"}

    assert {alert["name"] for alert in ALERTS} <= headings


@pytest.fixture
async def account(cosmos: Endpoint, database: str) -> AsyncIterator[tuple[Heard, Account]]:
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    with hearing() as heard:
        async with Account(connection, heard.observer) as opened:
            yield heard, opened


async def test_every_answer_of_the_store_is_counted_with_what_it_cost_and_throttling_fires_its_alert(
    account: tuple[Heard, Account], cosmos: Endpoint, database: str
) -> None:
    heard, opened = account
    rows, (alert,) = CosmosRows(opened, database), [each for each in ALERTS if each["name"] == "throttled_share"]
    key = Key("o1", "fulfilment")
    with Spending() as spent:
        await rows.create("sagas", key, {"id": "fulfilment", "orderId": "o1"})
        await rows.read("sagas", key)
    assert not kql.fires(alert, QUERIES["throttled_share"], heard)

    fault = {"container": "sagas", "operation": "Read", "status": 429, "times": 1}
    async with aiohttp.ClientSession() as session, session.post(f"{cosmos.url}/_local/faults", json=fault) as answer:
        assert answer.status < 300
    with pytest.raises(Throttled):
        await rows.read("sagas", key)

    told = {
        (found["container"], found["operation"], found["outcome"]): n for found, n in heard.points("store.requests")
    }
    charged = sum(value for found, value in heard.points("store.charge") if found["container"] == "sagas")
    assert told["sagas", "create", "ok"] == told["sagas", "read", "ok"] == told["sagas", "read", "throttled"] == 1
    assert 0 < spent.charge <= charged
    assert kql.fires(alert, QUERIES["throttled_share"], heard)


async def test_what_the_store_refuses_is_named_without_its_partition_which_may_be_a_customers(
    account: tuple[Heard, Account], cosmos: Endpoint, database: str
) -> None:
    _, opened = account
    rows, place = CosmosRows(opened, database), lane("project_customer_orders", Key("canary-c1", "o1"))
    writes = [Write({"id": name, "lane": place}) for name in ("head", "claim")]
    async with aiohttp.ClientSession() as session:
        for operation in ("Batch", "Query"):
            fault = {"container": "poison", "operation": operation, "status": 429, "times": 1}
            async with session.post(f"{cosmos.url}/_local/faults", json=fault) as answer:
                assert answer.status < 300

    with pytest.raises(Throttled, match="poison head") as throttled:
        await CosmosBuckets(rows, rows).commit("poison", place, writes)
    with pytest.raises(Throttled, match="poison") as read:
        _ = [item async for item in CosmosPartitions(opened, database).items("poison", place)]

    assert "canary" not in f"{throttled.value} {read.value}"


async def test_what_stands_is_counted_by_the_store_as_by_hand(account: tuple[Heard, Account], database: str) -> None:
    _, opened = account
    rows, fakes = CosmosRows(opened, database), FakeRows()
    asked = [{"name": "a", "attempts": 9, "dueAt": "2026-01-02"}, {"name": "b", "attempts": 1, "dueAt": "2026-01-01"}]
    items: list[dict[str, object]] = [
        {"dueAt": "2026-01-01", "asked": asked},
        {"dueAt": "2026-01-03", "asked": [{"name": "a", "attempts": 9}]},
        {"asked": asked},
    ]
    for number, item in enumerate(items):
        key = Key(f"o{number}", "fulfilment")
        for store in (rows, fakes):
            await store.create("sagas", key, {"id": "fulfilment", "orderId": key.partition, **item})
    heads = [{"consumer": "a", "since": "1", "type": "LaneHead"}, {"consumer": "b", "since": "2", "type": "RawPoison"}]
    for number, head in enumerate([*heads, {"type": "Suspect"}]):
        for store in (rows, fakes):
            await store.create("poison", Key(f"l{number}", "head"), {"id": "head", "lane": f"l{number}", **head})

    counts, by_hand = CosmosSagaCounts(opened, database), Sagas(fakes)
    since = await CosmosLaneCatalogue(opened.container(database, "poison")).since()

    assert await counts.overdue("sagas", "2026-01-02") == await by_hand.overdue("sagas", "2026-01-02") == 1
    assert await counts.unanswered("sagas", 8) == await by_hand.unanswered("sagas", 8) == 1
    assert sorted(since) == sorted(await Parked(fakes).since()) == [("a", "1"), ("b", "2")]
