"""A total equals the sum over the plain folds of its orders, however the feed delivers and wherever the worker dies."""

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.events import OrderCancelled, OrderDeleted, OrderEvent, OrderPlaced, OrderShipped
from projections import TALLIES
from shared.kernel import Key, Recorded, Tally, Transient
from shared.kernel.tally import total
from shared.pipeline import Count
from shared.pipeline.buckets import TOTAL, amounts_of
from shared.pipeline.consumers import StillPoison
from tests.fakes import FakeBuckets, Fate, Killed
from tests.orders import a_line, histories, recorded, usd
from tests.pipeline.test_project import batches, interleaved
from tests.pipeline.worlds import CODEC, World

type Sums = dict[str, dict[str, int]]

PLACED = OrderPlaced((a_line(minor=250, quantity=2),), usd(500))
SHIPPED, CANCELLED = OrderShipped(by_hand=True), OrderCancelled("asked for")

streams = st.lists(histories, min_size=1, max_size=4)
chances = st.integers(0, 2**32).map(random.Random)
tallies = pytest.mark.parametrize("tally", TALLIES, ids=lambda tally: tally.name)


def totals(world: World, *, of: str = TOTAL) -> Sums:
    """By partition: the stored totals, or the sums of what the ledgers say."""
    summed: defaultdict[str, list[dict[str, int]]] = defaultdict(list)
    for (_, partition, name), stored in world.buckets.items.items():
        if (name == TOTAL) == (of == TOTAL):
            summed[partition].append(amounts_of(stored))
    return {partition: total(each) for partition, each in summed.items()}


def folded(tally: Tally[Any, Any], events: Sequence[Recorded[OrderEvent]]) -> Sums:
    lines: dict[str, Any] = {}
    for event in sorted(events, key=lambda each: each.sequence):
        lines[event.stream] = tally.evolve(lines.get(event.stream), event)
    summed: defaultdict[str, list[Any]] = defaultdict(list)
    for stream, line in lines.items():
        for bucket, amounts in tally.amounts(line).items():
            summed[tally.partition(bucket, stream)].append(amounts)
    return {partition: total(each) for partition, each in summed.items()}


@tallies
@given(streams, chances)
async def test_any_split_and_redelivery_gives_the_sum_of_the_plain_folds(
    tally: Tally[Any, Any], bodies: list[tuple[OrderEvent, ...]], chance: random.Random
) -> None:
    events = interleaved(bodies, chance)
    world, consumer = World(events), Count(tally)

    for batch in batches(events, chance):
        await world.deliver_to(consumer, batch)

    assert totals(world) == totals(world, of="ledgers") == folded(tally, events)


@tallies
@given(streams, chances, st.integers(1, 12), st.booleans())
async def test_a_worker_that_dies_at_any_operation_counts_nothing_twice_and_leaves_nothing_out(
    tally: Tally[Any, Any], bodies: list[tuple[OrderEvent, ...]], chance: random.Random, die_at: int, after_effect: bool
) -> None:
    events = interleaved(bodies, chance)
    world = World(events, buckets=FakeBuckets(Fate(die_at, after_effect=after_effect)))
    consumer = Count(tally)

    for batch in batches(events, chance):
        try:
            await world.deliver_to(consumer, batch)
        except* (Killed, Transient):
            await world.deliver_to(consumer, batch)

    assert totals(world) == totals(world, of="ledgers") == folded(tally, events)


@tallies
async def test_what_is_cancelled_or_deleted_is_subtracted_once(tally: Tally[Any, Any]) -> None:
    for last in (CANCELLED, OrderDeleted()):
        events = recorded([PLACED, last])
        world, consumer = World(events), Count(tally)

        for batch in (events[:1], events[1:], events[1:], events, events[:1]):
            await world.deliver_to(consumer, batch)

        assert all(set(amounts.values()) == {0} for amounts in totals(world).values())


@tallies
async def test_an_event_that_changes_no_amount_costs_nothing(tally: Tally[Any, Any]) -> None:
    events = recorded([PLACED, SHIPPED])
    world, consumer = World(events), Count(tally)
    await world.deliver_to(consumer, events[:1])
    before = world.buckets.fate.step, world.rows.fate.step

    await world.deliver_to(consumer, events[1:])

    assert (world.buckets.fate.step, world.rows.fate.step) == before


async def test_orders_that_meet_in_a_bucket_share_its_batches() -> None:
    (tally, *_) = TALLIES
    events = [event for n in range(200) for event in recorded([PLACED], stream=f"o{n}")]
    world = World(events)

    await world.deliver_to(Count(tally), events)

    # Eight shards: one read and one write each for the first, and few more for those who came meanwhile.
    assert world.buckets.fate.step < 100
    assert totals(world) == folded(tally, events)


@tallies
async def test_a_poisoned_order_counts_as_far_as_it_goes_until_it_is_released(tally: Tally[Any, Any]) -> None:
    events = recorded([PLACED, CANCELLED])
    other = recorded([PLACED], stream="o2")
    world, consumer = World([*events, *other]), Count(tally)
    spoilt = CODEC.encode(events[1]) | {"data": None}
    world.events.streams["o1"]["000002"] = spoilt

    await world.deliver_items_to(consumer, [CODEC.encode(events[0]), spoilt, CODEC.encode(other[0])])

    assert totals(world) == folded(tally, [events[0], *other])
    assert isinstance(await consumer.release(Key("o1", "o1"), world.engine), StillPoison)
    world.events.streams["o1"]["000002"] = CODEC.encode(events[1])
    assert await consumer.release(Key("o1", "o1"), world.engine) == "released"
    assert totals(world) == folded(tally, [*events, *other])
    assert world.rows.rows == {}
