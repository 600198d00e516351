"""What a person does to a saga: refused when the machine says so, kept with who, why, when, before and after."""

import logging
from datetime import timedelta
from typing import Any, Final, get_args

import pytest

from shared.kernel import Key, Progress
from shared.kernel.by_hand import Act, NotPossible
from shared.kernel.saga import CLOSING, SETTLING, Entered
from shared.metrics import SAGA_NUDGED
from shared.observer import Silent
from shared.pipeline import Brake, Engine, Lanes, Ledgers, Sagas, Timers
from shared.pipeline.deeds import Author
from shared.pipeline.following import Deal, following
from shared.pipeline.replay.overlay import Stores
from shared.pipeline.saga_desk import NoSuchSaga, SagaDesk
from shared.pipeline.saga_item import CONTAINER, Instance
from shared.pipeline.watchdog import Watchdog
from shared.ports import Item
from tests.fakes import Clock, FakeBatches, FakeDue, FakeTroubled, Killed
from tests.orders import EPOCH
from tests.sagas.saga_world import CODEC, ORDER, Fortune, SagaWorld

ME: Final = Author("ada", "the provider is down")
ACTS: Final[tuple[Act, ...]] = get_args(Act.__value__)
PLACE: Final = CONTAINER, Key(ORDER, "fulfilment")


class Hearing(Silent):
    """An observer that remembers what was counted."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, float]] = []

    def record(self, metric: Any, value: float, **attributes: str) -> None:  # noqa: ANN401 - as the port has it
        del attributes
        self.counted.append((metric.name, value))


def engine(world: SagaWorld, sagas: Sagas) -> Engine:
    lanes = Lanes(world.rows, nonce=lambda: "n", now=lambda: world.now)
    buckets = Ledgers(FakeBatches(world.rows))
    return Engine(CODEC, world.events, world.rows, lanes, Brake(Clock()), buckets, sagas={sagas.name: sagas})


def desk(world: SagaWorld) -> SagaDesk:
    sagas, batches = world.worker(), FakeBatches(world.rows)
    stores = Stores(world.events, world.rows, batches, batches)
    return SagaDesk(engine(world, sagas), sagas, stores, "orders", lambda: f"d{next(world.causes)}", lambda: world.now)


def watchdog(world: SagaWorld, observer: Hearing) -> Watchdog:
    sagas = world.worker()
    timers = Timers(sagas, FakeDue(world.rows), engine(world, sagas).lanes, Brake(Clock()), "advance_fulfilment")
    return Watchdog(timers, FakeTroubled(world.rows), observer, lambda: world.now)


async def waiting_for(step: str) -> SagaWorld:
    """The provider of that step does not answer, again and again."""
    world = SagaWorld()
    before: list[Fortune] = ["answered"] * ["hold_stock", "take_payment", "ship"].index(step)
    world.fortunes = [*before, "never arrives", "never arrives", "never arrives"]
    await world.begin()
    await world.touch()
    return world


async def stored(world: SagaWorld) -> Instance:
    instance = await world.worker().find(ORDER)
    assert instance is not None
    return instance


def deeds(world: SagaWorld) -> list[Item]:
    return [each.item for each in world.rows.rows.values() if each.item["type"] == "Deed"]


@pytest.mark.parametrize("act", ACTS)
async def test_every_act_is_kept_with_who_why_when_before_and_after(act: Act) -> None:
    world = await waiting_for("hold_stock")

    row = await desk(world).act(act, ORDER, ME)

    (deed,) = deeds(world)
    assert (deed["action"], deed["subject"], deed["who"], deed["why"]) == (act, ORDER, ME.who, ME.why)
    assert deed["deedAt"] == "2026-01-31T09:30:00.000000Z"
    assert (deed["before"], deed["after"]) == (row["before"], row["after"])
    assert deed["before"] != deed["after"]
    before: Any = deed["before"]
    assert (before["phase"], before["asked"][0]["trouble"]) == ("hold_stock", "Transient")


async def test_a_retry_asks_at_once_for_what_has_failed() -> None:
    world = await waiting_for("take_payment")
    world.fortunes = []

    await desk(world).act("retry", ORDER, ME)

    assert (await world.state()).status == "shipped"
    await world.check_laws()


async def test_a_hold_is_skipped_and_the_order_is_shipped_and_consumes_what_the_shelf_has() -> None:
    world = await waiting_for("hold_stock")
    world.fortunes = []

    row = await desk(world).act("skip", ORDER, ME, step="hold_stock")

    assert row["after"]["phase"] == "take_payment"  # type: ignore[index]  # JSON
    await world.to_the_end()
    assert (await world.state()).status == "shipped"
    await world.check_laws()


@pytest.mark.parametrize("step", ["hold_stock", "take_payment", "ship"])
async def test_a_compensated_order_is_cancelled_and_everything_undone(step: str) -> None:
    world = await waiting_for(step)
    world.fortunes = []

    await desk(world).act("compensate", ORDER, ME)
    await world.to_the_end()

    assert (await world.state()).status == "cancelled"
    await world.check_laws()


@pytest.mark.parametrize("act", ACTS)
async def test_whoever_has_ended_is_left_alone(act: Act) -> None:
    world = SagaWorld()
    await world.begin()
    await world.to_the_end()
    before = dict(world.rows.rows)

    with pytest.raises(NotPossible):
        await desk(world).act(act, ORDER, ME)

    assert world.rows.rows == before


@pytest.mark.parametrize(
    ("phase", "is_late", "legal"),
    [
        ("hold_stock", False, {"skip", "compensate"}),
        ("take_payment", False, {"compensate"}),
        ("ship", False, {"compensate"}),
        ("ship", True, set()),
        (CLOSING, False, set()),
        (SETTLING, False, set()),
    ],
)
async def test_every_illegal_act_is_refused_at_every_place(phase: str, is_late: bool, legal: set[str]) -> None:
    world = SagaWorld()
    await world.begin()
    events = (await world.orders.load(ORDER)).events
    saga = world.worker().versions[-1]
    # Nothing is asked yet, so that there is nothing to retry either.
    place = Instance(Progress(1, events[-1].sequence, (Entered(phase, EPOCH),), is_late), ())

    possible = set()
    for act in ACTS:
        try:
            following(saga, ORDER, place, events=events, now=EPOCH, deal=Deal(act, ""))
            possible.add(act)
        except NotPossible:
            continue

    assert possible == legal


async def test_an_act_at_a_step_that_is_over_is_refused() -> None:
    world = await waiting_for("take_payment")

    with pytest.raises(NotPossible, match="not at hold_stock but at take_payment"):
        await desk(world).act("compensate", ORDER, ME, step="hold_stock")

    assert deeds(world) == []


async def test_nobody_acts_on_a_saga_that_was_never_begun() -> None:
    with pytest.raises(NoSuchSaga):
        await desk(SagaWorld()).act("retry", ORDER, ME)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("die_at", [1, 2, 3, 4, 6, 8, 11])
async def test_an_act_that_dies_anywhere_is_there_with_its_deed_or_not_at_all(
    act: Act, after_effect: bool, die_at: int
) -> None:
    world = await waiting_for("hold_stock")
    was = await stored(world)
    world.fortunes = []
    world.fate.step, world.fate.die_at, world.fate.after_effect = 0, die_at, after_effect

    try:
        await desk(world).act(act, ORDER, ME)
    except* Killed:
        world.fate.die_at = None

    is_done = len(deeds(world)) == 1
    assert is_done == ((await stored(world)).etag != was.etag)
    await world.to_the_end()
    expected = "cancelled" if act == "compensate" and is_done else "shipped"
    assert (await world.state()).status == expected
    await world.check_laws()


@pytest.mark.parametrize("act", ACTS)
async def test_a_preview_says_what_would_be_asked_and_changes_nothing(act: Act) -> None:
    world = await waiting_for("hold_stock")
    world.fortunes = []
    before = dict(world.rows.rows), {name: dict(stream) for name, stream in world.events.streams.items()}
    asked = {"retry": ["HoldStock"], "skip": ["CapturePayment"], "compensate": ["ReleaseStock"]}

    rehearsed = await desk(world).rehearse(act, ORDER, ME)

    assert (world.rows.rows, world.events.streams) == before
    assert [effect.what for effect in rehearsed.effects] == asked[act]
    real = await desk(world).act(act, ORDER, ME)
    (row,) = rehearsed.came_of_it
    assert (row["before"], row["after"]) == (real["before"], real["after"])
    assert {change.key.id for change in rehearsed.changes} > {"fulfilment"}


async def test_a_zombie_that_acts_late_finds_the_saga_moved_on_and_is_refused() -> None:
    world = await waiting_for("hold_stock")
    world.fortunes = []
    late = desk(world)
    await desk(world).act("compensate", ORDER, ME)

    with pytest.raises(NotPossible):
        await late.act("skip", ORDER, ME)

    assert [deed["action"] for deed in deeds(world)] == ["compensate"]


async def test_what_no_timer_moves_on_is_nudged_and_what_stays_is_named(caplog: pytest.LogCaptureFixture) -> None:
    world, heard = await waiting_for("hold_stock"), Hearing()
    assert await watchdog(world, heard).watch() == 0
    # Nobody comes for ten minutes: the deadline of the hold is over, and the provider still away.
    world.now += timedelta(minutes=10)
    world.fortunes = ["never arrives"] * 9

    with caplog.at_level(logging.WARNING, logger="orderflow.sagas"):
        left = await watchdog(world, heard).watch()

    assert heard.counted == [(SAGA_NUDGED.name, 1)]
    assert (await world.state()).status == "cancelled"
    assert left == 0
    for _ in range(9):
        await world.touch()
        world.now += timedelta(minutes=5)
    world.fortunes = ["never arrives"] * 9
    await world.touch()
    (row,) = await watchdog(world, heard).attention()
    assert (row["order"], row["why"], row["phase"]) == (ORDER, "unanswered", SETTLING)
    with caplog.at_level(logging.WARNING, logger="orderflow.sagas"):
        assert await watchdog(world, heard).watch() == 1
    assert f"saga of {ORDER} needs attention: unanswered in settling" in caplog.text
