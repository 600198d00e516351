"""The figures: declared once, repeated elsewhere, and right."""

import json
import re
from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from shared.metrics import FEED_LAG_SECONDS, METRICS, ORDER_OPENED, Metric
from shared.observer import Spending, charged
from shared.pipeline.hot_keys import WINDOW_SECONDS, HotKeys, SpaceSaving
from shared.pipeline.lag_told import LeaseTold, tell_feed
from tests.fakes import Clock
from tests.telemetry.hearing import Heard, hearing
from tests.telemetry.lives import CALL, Life

ROOT = Path(__file__).parents[2]


def one(heard: Heard, name: str, **attributes: str) -> float:
    (value,) = [value for found, value in heard.points(name) if attributes.items() <= found.items()]
    return value


@given(st.lists(st.integers(0, 30), max_size=300), st.integers(1, 12))
def test_no_key_above_its_share_is_missing_and_no_count_is_too_small(keys: list[int], room: int) -> None:
    counts = SpaceSaving(room)
    for key in keys:
        counts.see(str(key))

    found = dict(counts.top(room))
    for key in set(keys):
        if keys.count(key) * room > len(keys):
            assert str(key) in found
    for name, counted in found.items():
        assert keys.count(int(name)) <= counted <= keys.count(int(name)) + len(keys) / room
    assert len(found) <= room


def test_a_window_is_told_once_and_then_begins_anew() -> None:
    clock = Clock()
    hot = HotKeys(clock)
    assert hot.over("a") is None
    hot.of("a").see("k", 2)

    clock.seconds += WINDOW_SECONDS
    ended = hot.over("a")

    assert ended is not None
    assert ended.top(1) == (("k", 2),)
    assert hot.over("a") is None


@given(st.lists(st.floats(0, 100), max_size=5), st.lists(st.floats(0, 100), max_size=5))
def test_what_is_spent_within_counts_for_everything_around_it(outer: list[float], inner: list[float]) -> None:
    heard: list[float] = []
    with Spending(heard.append) as around:
        for charge in outer:
            charged(charge)
        with Spending() as within:
            for charge in inner:
                charged(charge)
    charged(1.0)

    assert within.charge == pytest.approx(sum(inner))
    assert around.charge == pytest.approx(sum(outer) + sum(inner)) == sum(heard)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_figure_says_what_it_is_and_has_few_attributes(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", metric.name)
    assert metric.about.endswith(".")
    assert len(metric.attributes) <= 3
    assert not {"key", "order", "customer", "stream", "id"} & set(metric.attributes)
    assert (metric.kind == "histogram") == bool(metric.bounds)
    assert list(metric.bounds) == sorted(metric.bounds)


def test_what_infrastructure_and_documentation_repeat_is_what_the_code_declares() -> None:
    declared = [
        {"name": each.name, "unit": each.unit, "attributes": list(each.attributes), "about": each.about}
        for each in METRICS
    ]
    rows = [
        f"| `{each.name}` | {each.kind} | {each.unit} | {', '.join(each.attributes) or '—'} | {each.about} |"
        for each in METRICS
    ]
    page = (ROOT / "docs/metrics.md").read_text()

    assert json.loads((ROOT / "infra/metrics.json").read_text())["metrics"] == declared
    assert [line for line in page.splitlines() if line.startswith("| `")] == rows


async def test_a_batch_says_what_became_of_its_keys_how_large_it_was_and_what_it_cost() -> None:
    with hearing() as heard:
        life = Life(heard.observer)
        await life.placed("o1")
        await life.placed("o2")
        life.now += timedelta(seconds=2)
        consumer = life.consumers[0]

        await life.given(consumer, life.feed())
        await life.given(consumer, life.feed())

        (first, second) = heard.named(f"{consumer.name} batch")
        assert one(heard, "feed.spans", consumer=consumer.name, outcome="applied") == 2
        assert one(heard, "feed.spans", consumer=consumer.name, outcome="skipped") == 2
        assert one(heard, "feed.batch.size", consumer=consumer.name) == 2
        assert one(heard, "feed.visible.seconds", consumer=consumer.name) == 1
        assert one(heard, "order.opened") == 2
    assert (first.attributes or {})["orderflow.ru"] == 2 * CALL
    assert (second.attributes or {})["orderflow.skipped"] == 2


async def test_each_phase_of_a_saga_is_timed_once_however_often_its_events_come() -> None:
    with hearing() as heard:
        life = Life(heard.observer)
        await life.placed()
        await life.until_settled()
        await life.delivered(attempt=2)

        steps = {found["step"]: value for found, value in heard.points("saga.step.seconds")}
        providers = {found["dependency"] for found, _ in heard.points("dependency.seconds")}
    assert steps == {"hold_stock": 1, "take_payment": 1, "ship": 1}
    assert providers == {"stock", "payments", "carrier", "hub"}


def test_an_unknown_lag_is_told_as_unknown_and_not_as_nothing() -> None:
    with hearing() as heard:
        known, unknown = LeaseTold("0", 30, 12.0, is_owned=True), LeaseTold("1", None, None, is_owned=False)
        tell_feed(heard.observer, "publish", [known, unknown], publishes=True)

        assert heard.points("feed.lag.changes") == [({"consumer": "publish", "lease": "0"}, 30)]
        assert one(heard, "feed.leases.unknown") == one(heard, "feed.leases.unowned") == 1
        assert one(heard, "outbox.oldest.seconds") == 12


def test_a_figure_without_a_declared_attribute_is_a_bug() -> None:
    with hearing() as heard, pytest.raises(KeyError):
        heard.observer.record(METRICS[0], 1)


def test_a_gauge_is_told_once_for_each_time_it_was_measured_so_that_a_dead_measurer_is_silent() -> None:
    with hearing() as heard:
        heard.observer.record(FEED_LAG_SECONDS, 61.0, consumer="view", lease="0")
        heard.observer.record(ORDER_OPENED, 1)

        assert heard.exports() == {"feed.lag.seconds", "order.opened"}
        assert heard.exports() == {"order.opened"}

        heard.observer.record(FEED_LAG_SECONDS, 0.0, consumer="view", lease="1")
        assert heard.exports() == {"feed.lag.seconds", "order.opened"}
