"""Replay: what is predicted happens, nothing happens twice, and whoever dies is followed by somebody who goes on."""

import asyncio
from datetime import timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.events import OrderCancelled, OrderEvent, OrderPlaced, OrderShipped
from shared.kernel import Key, Poison
from shared.observer import charged
from shared.pipeline.brake import AT_LEAST
from shared.pipeline.claims import CLAIMED_FOR, Claimed
from shared.pipeline.deeds import Author, ReasonNeeded
from shared.pipeline.replay.changes import change
from shared.pipeline.replay.plan import Wanted
from shared.pipeline.replay.shell import Pace
from tests.fakes import Killed
from tests.orders import a_line, histories, recorded, usd
from tests.pipeline.replay.desk import BROKEN, CONSUMERS, PUBLISH, VIEW, Desk, broken, items

ME = Author("ada", "the event is mended")
PLACED = OrderPlaced((a_line(),), usd(500))
STORY: tuple[OrderEvent, ...] = (PLACED, OrderShipped(by_hand=True), OrderCancelled("lost"))
EVERYTHING = Wanted()


def story(stream: str = "o1", *, bodies: tuple[OrderEvent, ...] = STORY) -> list[dict[str, object]]:
    return items(recorded(bodies, stream=stream))


async def parked(*streams: str, at: int = 2) -> Desk:
    """Each of these orders broke at that event, waits with everybody, and is whole again by now."""
    desk = Desk()
    for stream in streams:
        whole = story(stream)
        await desk.written([*whole[: at - 1], broken(whole[at - 1]), *whole[at:]])
        desk.put(whole)
        desk.clock.seconds += 1
    return desk


async def untroubled(*streams: str) -> Desk:
    """As if nothing had ever been broken."""
    desk = Desk()
    for stream in streams:
        await desk.written(story(stream))
    return desk


async def replayed(desk: Desk, wanted: Wanted = EVERYTHING) -> list[dict[str, object]]:
    lanes = [lot.lane for lot in await desk.replay.plan(wanted)]
    return [row async for row in desk.replay.run(lanes, ME, pace=desk.pace)]


@given(st.lists(histories, min_size=1, max_size=3), st.data())
async def test_what_is_predicted_is_exactly_what_happens(
    told: list[tuple[OrderEvent, ...]], data: st.DataObject
) -> None:
    desk, whole = Desk(), [story(f"o{number}", bodies=bodies) for number, bodies in enumerate(told)]
    for each in whole:
        at = data.draw(st.integers(0, len(each) - 1))
        await desk.written([*each[:at], broken(each[at]), *each[at + 1 :]])
        is_mended = data.draw(st.booleans())
        if is_mended:
            desk.put(each)
    lanes = [lot.lane for lot in await desk.replay.plan(EVERYTHING)]
    before = desk.snapshot()

    expected = await desk.replay.rehearse(lanes)
    assert desk.snapshot() == before
    sent = len(desk.outlet.names)
    stored = {place: found.item for place, found in desk.rows.rows.items()}
    outcomes = [row async for row in desk.replay.run(lanes, ME, pace=desk.pace)]

    after = {place: found.item for place, found in desk.rows.rows.items() if found.item["type"] != "Deed"}
    places = [*stored, *(place for place in after if place not in stored)]
    real = [found for place in places if (found := change(place, stored.get(place), after.get(place)))]
    assert sorted(expected.changes, key=str) == sorted(real, key=str)
    assert [f"{each.key}:{each.what.split()[0]}" for each in expected.effects] == desk.outlet.names[sent:]
    assert expected.came_of_it == outcomes


async def test_a_replay_puts_everything_in_as_if_nothing_had_been_wrong() -> None:
    desk = await parked("o1", "o2")

    outcomes = await replayed(desk)

    assert {row["outcome"] for row in outcomes} == {"released"}
    assert desk.views() == (await untroubled("o1", "o2")).views()
    assert sorted(desk.outlet.names) == [f"{order}:{at}" for order in ("o1", "o2") for at in (1, 2, 3)]
    assert await desk.lanes() == []


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("die_at", range(1, 40))
async def test_a_replay_that_dies_anywhere_is_finished_by_the_next_with_no_double_effect(
    die_at: int, after_effect: bool
) -> None:
    desk = await parked("o1")
    desk.fate.step, desk.fate.die_at, desk.fate.after_effect = 0, die_at, after_effect
    died = False
    try:
        await replayed(desk)
    except* Killed:
        died = True
    desk.fate.die_at = None
    desk.clock.seconds += CLAIMED_FOR.total_seconds()

    await replayed(desk)

    assert desk.views() == (await untroubled("o1")).views()
    assert set(desk.outlet.names) == {"o1:1", "o1:2", "o1:3"}
    assert await desk.lanes() == []
    assert await desk.claims() == []
    told = {deed["subject"] for deed in desk.deeds()}
    assert len(told) == len(CONSUMERS)
    assert died or die_at > 20, "the range is too short to see the end"


@pytest.mark.parametrize("at", range(1, 30))
async def test_events_that_arrive_during_a_release_are_neither_lost_nor_doubled(at: int) -> None:
    desk = await parked("o1")
    late = items(recorded((*STORY, OrderCancelled("again")), stream="o1"))[3:]
    steps = desk.fate
    steps.step = 0
    has_happened = False

    async def turn() -> None:
        nonlocal has_happened
        if not has_happened and steps.step >= at:
            has_happened = True
            await desk.written(late)

    desk.turn = turn
    await replayed(desk)
    if not has_happened:
        await desk.written(late)
    desk.turn = None
    await replayed(desk)

    expected = await untroubled("o1")
    await expected.written(late)
    assert desk.views() == expected.views()
    assert sorted(set(desk.outlet.names)) == ["o1:1", "o1:2", "o1:3", "o1:4"]
    assert await desk.lanes() == []


async def test_a_dry_run_changes_nothing_and_shows_nothing_personal() -> None:
    desk = await parked("o1", "o2")
    before = desk.snapshot()

    rehearsed = await desk.replay.rehearse(await desk.lanes())

    assert desk.snapshot() == before
    row = rehearsed.as_row()
    assert {change.key.id for change in rehearsed.changes} >= {"o1", "o2", "total", "head"}
    assert {effect.what for effect in rehearsed.effects} == {"2 OrderShipped", "3 OrderCancelled"}
    assert rehearsed.charge > 0
    assert BROKEN not in str(row)
    hidden = [field for change in row["changes"] for field in change["fields"] if "customerId" in field["path"]]  # type: ignore[attr-defined]  # rows are for JSON
    assert all(field["after"] in {"***", None} for field in hidden)


async def test_a_dry_run_brakes_nobody() -> None:
    desk = Desk()
    for number in range(AT_LEAST + 1):
        item = {**broken(story(f"o{number}")[0]), "_rid": f"r{number}"}
        await desk.engine.lanes.park_raw(VIEW.name, item, Poison("unreadable_envelope", "by an older version"))

    await desk.replay.rehearse(await desk.lanes())

    desk.brake.meet(VIEW.name, "unreadable", Key("c", "o"))


async def test_what_is_still_poison_is_said_and_nothing_is_changed() -> None:
    desk = Desk()
    whole = story()
    await desk.written([whole[0], broken(whole[1]), whole[2]])
    before = desk.views()

    outcomes = await replayed(desk)

    assert {(row["outcome"], row["at"], row["reason"]) for row in outcomes} == {("still poison", 2, "unreadable")}
    assert desk.views() == before
    assert {deed["after"]["outcome"] for deed in desk.deeds()} == {"still poison"}  # type: ignore[index]  # JSON


async def test_every_replay_says_who_why_when_and_what_was_before_and_after() -> None:
    desk = await parked("o1")
    heads = {str(head["lane"]): head for head in await desk.parked()}

    await replayed(desk)

    for deed in desk.deeds():
        head = heads[str(deed["subject"])]
        assert (deed["action"], deed["who"], deed["why"]) == ("replay", ME.who, ME.why)
        assert deed["deedAt"] == "2026-01-31T09:30:01.000000Z"
        before, after = deed["before"], deed["after"]
        assert isinstance(before, dict)
        assert (before["consumer"], before["first"], before["last"]) == (head["consumer"], 2, 3)
        assert after == {"outcome": "released"}
    assert len(desk.deeds()) == len(heads)


async def test_a_lane_belongs_to_one_at_a_time_and_to_the_next_when_he_is_dead() -> None:
    desk = await parked("o1")
    (lane, *_) = await desk.lanes()
    await desk.replay.claims.take(lane, "replay", Author("bob", "me too"), before={"since": "2026-01-31T09:30:00Z"})

    with pytest.raises(Claimed, match="bob"):
        await desk.replay.claims.take(lane, "replay", ME, before={})
    assert (await desk.replay.one(lane, ME))["outcome"] == "claimed"
    # The clock goes on while it waits, and nobody has let go.
    outcomes = [row async for row in desk.replay.run([lane], ME, pace=desk.pace)]

    assert [row["outcome"] for row in outcomes] == ["released"]
    assert [(deed["who"], deed["after"]) for deed in desk.deeds()] == [
        ("bob", {"outcome": "cut short"}),
        ("ada", {"outcome": "released"}),
    ]
    assert await desk.claims() == []


async def test_a_damaged_claim_keeps_nobody_away() -> None:
    desk = await parked("o1")
    (lane, *_) = await desk.lanes()
    await desk.rows.create("poison", Key(lane, "claim"), {"id": "claim", "lane": lane, "type": "LaneClaim"})

    assert {row["outcome"] for row in await replayed(desk)} == {"released"}
    assert await desk.claims() == []


async def test_two_who_replay_at_once_send_nothing_twice() -> None:
    desk = await parked("o1", "o2")
    lanes = await desk.lanes()

    async def replays(who: str) -> list[object]:
        by = Author(who, "both at once")
        return [row["outcome"] async for row in desk.replay.run(lanes, by, pace=desk.pace)]

    outcomes = await asyncio.gather(replays("ada"), replays("bob"))

    assert sorted(desk.outlet.names) == [f"{order}:{at}" for order in ("o1", "o2") for at in (1, 2, 3)]
    assert desk.views() == (await untroubled("o1", "o2")).views()
    assert set(chain(*outcomes)) <= {"released", "failed", "nothing to release"}
    assert sum(outcome == "released" for outcome in chain(*outcomes)) == len(lanes)


async def test_a_zombie_that_finishes_late_tells_nothing_twice() -> None:
    desk = await parked("o1")
    (lane, *_) = await desk.lanes()
    late = await desk.replay.claims.take(lane, "replay", Author("bob", "me too"), before={})
    desk.clock.seconds += CLAIMED_FOR.total_seconds()
    await desk.replay.one(lane, ME)

    await desk.replay.claims.finish(late, {"outcome": "released"})

    assert [(deed["who"], deed["after"]) for deed in desk.deeds()] == [
        ("bob", {"outcome": "cut short"}),
        ("ada", {"outcome": "released"}),
    ]


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        (Wanted(), 6),
        (Wanted(consumer=VIEW.name), 2),
        (Wanted(reason="unreadable"), 6),
        (Wanted(reason="too_large"), 0),
        (Wanted(key="o2"), 3),
        (Wanted(older_than=timedelta(seconds=2)), 3),
        (Wanted(key="o2", consumer=PUBLISH.name), 1),
    ],
)
async def test_a_filter_says_which_lanes_are_meant_the_oldest_first(wanted: Wanted, meant: int) -> None:
    desk = await parked("o1", "o2")

    found = await desk.replay.plan(wanted)

    assert len(found) == meant
    assert [lot.since for lot in found] == sorted(lot.since for lot in found)
    assert {lot.lane for lot in found} <= set(await desk.lanes())


async def test_a_filter_holds_for_lanes_that_are_named_too_and_what_is_not_parked_is_said() -> None:
    desk = await parked("o1")
    lanes = {str(head["consumer"]): str(head["lane"]) for head in await desk.parked()}
    named = frozenset({lanes[VIEW.name], lanes[PUBLISH.name], "nobody:1:c:o"})

    meant = await desk.replay.meant(Wanted(consumer=PUBLISH.name, lanes=named))

    assert meant == [lanes[PUBLISH.name], "nobody:1:c:o"]


async def test_nobody_acts_without_a_reason() -> None:
    with pytest.raises(ReasonNeeded):
        Author("ada", " ")
    with pytest.raises(ReasonNeeded):
        Author("", "because")


@pytest.mark.parametrize("is_dry", [False, True])
async def test_a_replay_and_its_dry_run_keep_to_their_pace(is_dry: bool) -> None:
    desk = await parked("o1", "o2")
    lanes, begun = await desk.lanes(), desk.clock()
    pace, elapsed = Pace(100.0, desk.clock, desk.clock.sleep), list[float]()

    async def turn() -> None:
        """Ten request units for each item."""
        elapsed.append(desk.clock() - begun)
        charged(10.0)

    desk.turn = turn
    if is_dry:
        await desk.replay.rehearse(lanes, pace=pace)
    else:
        assert len([row async for row in desk.replay.run(lanes, ME, pace=pace)]) == len(lanes)

    before_the_last_lane = elapsed.index(elapsed[-1])
    assert elapsed[-1] == pytest.approx(before_the_last_lane * 10.0 / 100.0)
    assert 0 < before_the_last_lane < len(elapsed)
    assert desk.clock() - begun == elapsed[-1]
