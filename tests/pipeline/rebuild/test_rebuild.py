"""A view is grown anew beside the one that is read, and takes its place only when it says the same."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.events import OrderCancelled, OrderDeleted, OrderDelivered, OrderEvent, OrderPlaced, OrderShipped
from projections.order_board import BoardOrder, evolve, order_board
from shared.kernel import NotNow, Recorded, Transient
from shared.lag import Keys
from shared.pipeline.generations import MAX_AGE
from shared.pipeline.rebuild.growing import Grow
from shared.pipeline.rebuild.verdict import PARTS
from tests.orders import a_line, histories, recorded, usd
from tests.pipeline.rebuild.towns import Town, another

PLACED, SHIPPED = OrderPlaced((a_line(),), usd(500)), OrderShipped(by_hand=True)
DELIVERED, DELETED, CANCELLED = OrderDelivered(), OrderDeleted(), OrderCancelled("by hand")


def orders(*bodies: OrderEvent, named: str = "o", count: int = 8) -> list[Recorded[OrderEvent]]:
    """As many streams that all went the same way, one after the other."""
    return [event for n in range(count) for event in recorded(bodies, stream=f"{named}{n}", customer=f"c{n}")]


async def lived_in(town: Town, *bodies: OrderEvent) -> Town:
    town.append(orders(*bodies))
    await town.worker().work()
    return town


@given(bodies=st.lists(histories, min_size=1, max_size=5), chance=st.integers(0, 2**32).map(random.Random))
@settings(max_examples=15)
async def test_a_rebuild_under_live_writes_fails_no_read_and_ends_with_equal_digests(
    bodies: list[tuple[OrderEvent, ...]], chance: random.Random
) -> None:
    town = Town()
    waiting = [list(recorded(each, stream=f"o{n}", customer="c1")) for n, each in enumerate(bodies)]
    worker, reader = town.worker(), town.worker()

    async def life_goes_on() -> None:
        if left := [each for each in waiting if each]:
            town.append([chance.choice(left).pop(0)])
        if chance.random() < 0.7:
            await worker.work(most=chance.randint(1, 3))
        await reader.shown()

    await life_goes_on()
    town.feed.between = life_goes_on

    operator = town.operator()
    await operator.grow(1)
    compared = await operator.promote()

    assert compared.unexplained == ()
    while any(waiting) or worker.read < len(town.feed.events):
        await life_goes_on()
    assert town.generation(2) == town.generation(1)
    assert await town.worker().shown() == {name: row.status for name, row in town.generation(1).items()}  # type: ignore[attr-defined]  # rows of the board
    compared = await operator.compare()
    assert (compared.equal, compared.differences) == (PARTS, ())


async def test_what_nobody_changes_meanwhile_has_equal_digests() -> None:
    town = await lived_in(Town(), PLACED, SHIPPED)
    operator = town.operator()

    await operator.grow(1)

    assert (await operator.compare()).equal == PARTS


async def test_a_bug_in_the_new_version_is_refused_with_the_guilty_keys() -> None:
    def forgets(row: BoardOrder | None, event: Recorded[OrderEvent]) -> BoardOrder | None:
        return row if event.stream in {"o3", "o5"} and isinstance(event.body, OrderShipped) else evolve(row, event)

    town = await lived_in(Town(versions=(another(order_board, forgets),)), PLACED, SHIPPED)
    operator = town.operator()

    await operator.grow(2)
    compared = await operator.promote()

    assert [(each.key.id, each.why, each.fields) for each in sorted(compared.unexplained, key=lambda d: d.key.id)] == [
        ("o3", "differs", ("status",)),
        ("o5", "differs", ("status",)),
    ]
    assert (await operator.stands()).live.number == 1


async def test_fields_that_are_named_may_differ_and_no_others() -> None:
    def renames(row: BoardOrder | None, event: Recorded[OrderEvent]) -> BoardOrder | None:
        after = evolve(row, event)
        return after and BoardOrder(after.order_id, "someone", after.status, after.items, after.total, after.created_at)

    town = await lived_in(Town(versions=(another(order_board, renames),)), PLACED)
    operator = town.operator()
    await operator.grow(2)

    refused = await operator.promote({"status"})
    promoted = await operator.promote({"customerId"})

    assert {each.fields for each in refused.unexplained} == {("customerId",)}
    assert promoted.unexplained == ()
    assert (await operator.stands()).live.number == 2


async def test_a_worker_with_an_old_list_loses_nothing() -> None:
    town = await lived_in(Town(), PLACED)
    stale = town.worker()
    stale.read = len(town.feed.events)
    await stale.work()

    async def stale_worker_goes_on() -> None:
        """It has looked at the list just before the rebuild, and may go by that for as long as it is young."""
        town.feed.between = stale_worker_goes_on
        if town.clock() < MAX_AGE:
            number = len(town.feed.events)
            town.append(recorded([PLACED, SHIPPED], stream=f"late-{number}"))
            await stale.work()

    town.feed.between = stale_worker_goes_on
    operator = town.operator()

    await operator.grow(1)

    assert any(name.startswith("late") for name in town.generation(1))
    assert town.generation(2) == town.generation(1)


async def test_without_the_wait_for_old_lists_an_event_would_be_missing_and_be_found() -> None:
    town = await lived_in(Town(), PLACED)
    stale = town.worker()
    stale.read = len(town.feed.events)
    await stale.work()
    operator = town.operator()
    growing = (await operator._step(lambda now: now.grow(1))).growing
    assert growing

    await operator.backfill.run(Grow(order_board, generation=growing), listed=town.clock())
    town.append(recorded([PLACED], stream="late"))
    await stale.work()
    compared = await operator.promote()

    assert [(each.key.id, each.why) for each in compared.unexplained] == [("late", "missing")]


async def test_a_worker_whose_code_is_too_old_for_a_generation_lets_its_feed_wait() -> None:
    town = await lived_in(Town(versions=(another(order_board, evolve),)), PLACED)
    await town.operator().grow(2)
    old = town.worker()
    town.versions = ()

    with pytest.raises(Transient, match="version 2"):
        await old.work()


async def test_ranges_that_are_split_meanwhile_are_read_to_their_ends() -> None:
    town = await lived_in(Town(), PLACED, SHIPPED)
    pages = 0

    async def split() -> None:
        nonlocal pages
        pages += 1
        if pages == 3:
            town.feed.ranges = [Keys("", "40"), Keys("40", "80"), Keys("80", "FF")]

    town.feed.between = split
    operator = town.operator()

    progress = await operator.grow(1)

    assert town.generation(2) == town.generation(1)
    assert progress.events == len(town.feed.events)
    assert len(progress.stretches) == 3


async def test_of_two_operators_who_promote_at_once_one_wins() -> None:
    town = await lived_in(Town(), PLACED)
    one, other = town.operator(), town.operator()
    await one.grow(1)
    begun = False

    async def the_other_is_faster() -> None:
        nonlocal begun
        if not begun:
            begun = True
            await other.promote()

    town.feed.between = the_other_is_faster

    with pytest.raises(NotNow, match="somebody else"):
        await one.promote()

    assert (await one.stands()).live.number == 2


async def test_rolling_back_shows_the_old_rows_at_once_and_with_all_that_has_happened_since() -> None:
    town = await lived_in(Town(), PLACED)
    operator, worker = town.operator(), town.worker()
    await operator.grow(1)
    await operator.promote()
    town.append([event for event in orders(PLACED, SHIPPED) if event.sequence == 2])
    await worker.work()

    await operator.roll_back()

    town.clock.seconds += MAX_AGE
    assert (await operator.stands()).live.number == 1
    assert set((await worker.shown()).values()) == {"shipped"}
    assert set((await town.worker().shown()).values()) == {"shipped"}


async def test_what_is_retired_or_given_up_leaves_nothing_behind() -> None:
    town = await lived_in(Town(), PLACED, SHIPPED)
    operator = town.operator()
    await operator.grow(1)
    await operator.promote()

    retired = await operator.retire()
    await operator.grow(1)
    given_up = await operator.give_up()

    assert (retired, given_up) == (8, 8)
    assert town.generation(1) == town.generation(3) == {}
    assert len(town.generation(2)) == 8
    assert (await operator.stands()).written[0].number == 2


async def test_a_rebuild_writes_nothing_but_rows_and_lanes() -> None:
    town = await lived_in(Town(), PLACED, SHIPPED)
    before = town.written()
    operator = town.operator()

    await operator.grow(1)
    await operator.promote()

    assert town.written() == before == {"order-board"}


async def test_a_deleted_order_is_deleted_in_every_generation() -> None:
    town = await lived_in(Town(), PLACED, DELETED)
    operator = town.operator()

    await operator.grow(1)
    compared = await operator.promote()
    await town.worker().work()

    assert compared.differences == ()
    assert await town.worker().shown() == {}


async def test_a_view_that_is_promoted_waits_for_the_old_one_to_be_retired_before_it_grows_again() -> None:
    town = await lived_in(Town(), PLACED)
    operator = town.operator()
    await operator.grow(1)
    await operator.promote()

    with pytest.raises(NotNow, match="retire"):
        await operator.grow(1)
