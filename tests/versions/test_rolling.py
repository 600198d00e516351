"""Two versions of the code share one store, either way round, and die at any moment: every law holds all the same."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.commands import DeleteOrder, MoveOrder, OrderCommand, Record, ReportParcel
from orders.decider import order
from orders.events import ORDER_EVENTS, CustomerForgotten, OrderEvent
from projections.daily_sales import daily_sales
from sagas.fulfilment import fulfilment
from sagas.fulfilment.hold_stock import hold_stock
from sagas.fulfilment.ship import ship
from sagas.fulfilment.take_payment import take_payment
from shared.kernel import Key, Poison, Recorded, Refused, Saga, Transient, Unreadable, Versions
from shared.pipeline import Consumer, Count, EventCodec, Outside, Pipeline, Sagas, Transactor
from shared.pipeline.consumers import StillPoison
from tests.fakes import Fate, Killed
from tests.orders import histories, recorded
from tests.pipeline.worlds import CONSUMER, World, text
from tests.sagas.saga_world import ORDER, Fortune, SagaWorld

type Version = Literal["old", "new"]

# The old version has one event less. The new one writes two others in a second version.
LIFTED: Final = Versions({"OrderShipped": (dict,), "PaymentRequested": (dict,)})
CODECS: Final[dict[Version, EventCodec[Any]]] = {
    "old": EventCodec(*(kind for kind in ORDER_EVENTS if kind is not CustomerForgotten)),
    "new": EventCodec(*ORDER_EVENTS, versions=LIFTED),
}
versions: st.SearchStrategy[Version] = st.sampled_from(("old", "new"))
TALLY: Final = Count(daily_sales)
CONSUMERS: Final[tuple[Consumer, ...]] = (CONSUMER, TALLY)


@dataclass
class Shared:
    """Two streams that both versions have written to, and what each consumer keeps of them.

    `reached` is how much of the feed has been taken: whatever comes begins there or before, and leaves nothing out.
    """

    events: Sequence[Recorded[OrderEvent]]
    items: Sequence[dict[str, object]]
    world: World = field(init=False)
    reached: int = 0

    def __post_init__(self) -> None:
        self.world = World(self.events)
        for item in self.items:
            self.world.events.streams[str(item["orderId"])][str(item["id"])] = item

    def pipeline(self, version: Version) -> Pipeline:
        return Pipeline(replace(self.world.engine, codec=CODECS[version]), self.world.suspects, max_seconds=5)

    async def deliver(self, version: Version, fate: Fate, *, since: int, size: int) -> None:
        """A page to a process of that version. If it dies of it, the feed goes on with that page."""
        page = self.items[since : since + size]
        self.world.rows.fate = fate
        with suppress(Killed, BaseExceptionGroup):
            for consumer in CONSUMERS:
                await self.pipeline(version).run(consumer, text(page))
            self.reached = max(self.reached, since + len(page))
        self.world.rows.fate = Fate()

    async def deliver_the_rest(self, version: Version) -> None:
        await self.deliver(version, Fate(), since=self.reached, size=len(self.items))

    async def deliver_again(self, version: Version) -> None:
        await self.deliver(version, Fate(), since=0, size=len(self.items))

    async def release(self) -> None:
        engine = self.pipeline("new").engine
        for (container, place), stored in list(self.world.rows.rows.items()):
            if container == "poison" and place.id == "head":
                (consumer,) = [each for each in CONSUMERS if each.name == stored.item["consumer"]]
                key = Key(str(stored.item["partition"]), str(stored.item["row"]))
                assert not isinstance(await consumer.release(key, engine), StillPoison)

    def check_laws(self) -> None:
        rows = self.world.rows.rows
        assert self.world.view() == self.world.folded()
        assert [key.partition for container, key in rows if container == "poison" and key.id == "head"] == []
        assert not any("stale" in stored.item for stored in rows.values())


@st.composite
def shared(draw: st.DrawFn) -> Shared:
    streams = [recorded(draw(histories), stream=name) for name in ("o1", "o2")]
    events = sorted((event for stream in streams for event in stream), key=lambda event: event.at)
    items = []
    for event in events:
        wrote: Version = "new" if isinstance(event.body, CustomerForgotten) else draw(versions)
        items.append(CODECS[wrote].encode(event))
    return Shared(events, items)


# A process, how far back its page begins, how long it is, and what becomes of the process.
fates = st.builds(Fate, st.none() | st.integers(1, 12), st.booleans())
pages_of = st.tuples(versions, st.integers(0, 6), st.integers(1, 6), fates)
deliveries, long_deliveries = st.lists(pages_of, max_size=5), st.lists(pages_of, max_size=12)


async def check_that_nothing_is_lost(both: Shared, pages: Sequence[tuple[Version, int, int, Fate]]) -> None:
    for version, back, size, fate in pages:
        await both.deliver(version, fate, since=max(0, both.reached - back), size=size)

    # The deployment ends: the feed goes on with the new version, and what waited is released.
    await both.deliver_the_rest("new")
    await both.release()

    both.check_laws()
    await both.deliver_again("new")
    both.check_laws()


@settings(max_examples=40)
@given(shared(), deliveries)
async def test_whatever_one_version_cannot_read_the_other_puts_in(
    both: Shared, pages: Sequence[tuple[Version, int, int, Fate]]
) -> None:
    await check_that_nothing_is_lost(both, pages)


@pytest.mark.long
@settings(max_examples=4000)
@given(shared(), long_deliveries)
async def test_in_long_histories_of_deployments_nothing_is_lost(
    both: Shared, pages: Sequence[tuple[Version, int, int, Fate]]
) -> None:
    await check_that_nothing_is_lost(both, pages)


@settings(max_examples=30)
@given(shared())
async def test_an_old_version_writes_nothing_past_what_it_cannot_read(both: Shared) -> None:
    await both.deliver_the_rest("old")

    for (container, key), stored in both.world.rows.rows.items():
        if container == "customer-orders":
            own = [item for item in both.items if item["orderId"] == key.id]
            unread = [item for item in own if isinstance(CODECS["old"].decode(item).body, Unreadable)]
            first = min((int(str(item["sequence"])) for item in unread), default=len(own) + 1)
            assert int(str(stored.item["mark"])) < first
            assert ("stale" in stored.item) == bool(unread)


# A changed saga: the money first. What is owed in the end is the same.
SECOND: Final[Saga[Any, Any]] = replace(fulfilment, version=2, steps=(take_payment, hold_stock, ship))
IN_ONE: Final[dict[Version, tuple[Saga[Any, Any], ...]]] = {"old": (fulfilment,), "new": (fulfilment, SECOND)}
IN_TWO: Final[dict[Version, tuple[Saga[Any, Any], ...]]] = {"old": (SECOND, fulfilment), "new": (fulfilment, SECOND)}


@dataclass
class Rolling(SagaWorld):
    """Workers of both versions come by. What the old one cannot read is parked there, and left to the new one."""

    definitions: dict[Version, tuple[Saga[Any, Any], ...]] = field(default_factory=lambda: dict(IN_ONE))
    codecs: dict[Version, EventCodec[Any]] = field(default_factory=lambda: dict(CODECS))
    parked: int = 0

    @property
    def orders(self) -> Transactor[Any, Any, Any]:
        return self.orders_of("new")

    def orders_of(self, version: Version) -> Transactor[Any, Any, Any]:
        return Transactor(order, self.codecs[version], self.events, now=lambda: self.now)

    def worker(self) -> Sagas:
        return self.worker_of("new")

    def worker_of(self, version: Version) -> Sagas:
        return Sagas(
            self.definitions[version],
            self.orders_of(version),
            self.rows,
            Outside(self.perform, Record),
            now=lambda: self.now,
            nonce=lambda: str(next(self.causes)),
            drain_seconds=None,
        )

    async def come_by(self, version: Version, die_at: int | None, *, after_effect: bool) -> None:
        self.fate.die_at, self.fate.after_effect = self.fate.step + die_at if die_at else None, after_effect
        try:
            await self.touch(self.worker_of(version))
        except Poison as poison:
            if (version, poison.reason) != ("old", "unknown_version"):
                raise
            self.parked += 1
        self.fate.die_at = None

    async def wish(self, version: Version, command: OrderCommand) -> None:
        is_report = isinstance(command, ReportParcel)
        if is_report and await self.books.parcel(ORDER) is None:
            return
        with suppress(Refused, Poison, Transient):
            await self.orders_of(version).run(ORDER, command, cause=self.cause())


FORTUNES: Final[tuple[Fortune, ...]] = ("answered", "answer lost", "never arrives", "arrives late", "twice")
wishes = st.sampled_from(
    [MoveOrder("shipped"), MoveOrder("cancelled"), DeleteOrder(), ReportParcel("delivered"), ReportParcel("lost")]
)
touches = st.tuples(st.just("touch"), versions, st.none() | st.integers(1, 9), st.booleans())
asks = st.tuples(st.just("ask"), versions, wishes, st.none())
hours = st.tuples(st.just("wait"), st.none(), st.sampled_from([1, 60, 1000]), st.none())
plans = st.lists(touches | touches | asks | hours, max_size=8)


async def lived(world: Rolling, plan: Sequence[Any]) -> None:
    await world.begin()
    for what, version, argument, after_effect in plan:
        match what:
            case "touch":
                await world.come_by(version, argument, after_effect=bool(after_effect))
            case "ask":
                await world.wish(version, argument)
            case _:
                world.now += timedelta(seconds=argument)
        await world.hear()
        await world.land()


@settings(max_examples=40)
@given(plans, st.lists(st.sampled_from(FORTUNES), max_size=4))
async def test_sagas_of_two_versions_end_with_the_books_in_order(plan: Sequence[Any], fortunes: list[Fortune]) -> None:
    world = Rolling(fortunes=fortunes)
    await lived(world, plan)

    await world.to_the_end()

    await world.check_laws()


@settings(max_examples=40)
@given(plans, st.lists(st.sampled_from(FORTUNES), max_size=4))
async def test_a_saga_that_is_known_first_and_begun_later_parks_nobody(
    plan: Sequence[Any], fortunes: list[Fortune]
) -> None:
    same: dict[Version, EventCodec[Any]] = {"old": CODECS["new"], "new": CODECS["new"]}
    world = Rolling(fortunes=fortunes, definitions=dict(IN_TWO), codecs=same)
    await lived(world, plan)

    await world.to_the_end()

    assert world.parked == 0
    await world.check_laws()


async def test_a_new_saga_is_parked_by_the_old_version_and_goes_on_with_the_new_one() -> None:
    world = Rolling(fortunes=["never arrives"])
    await world.begin()
    await world.touch(world.worker_of("new"))

    await world.come_by("old", None, after_effect=False)

    assert world.parked == 1
    await world.to_the_end()
    instance = await world.worker().find(ORDER)
    assert instance is not None
    assert (instance.progress.version, (await world.state()).status) == (2, "shipped")
