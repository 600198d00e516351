"""Replay: what is predicted happens, nothing happens twice, and whoever dies is followed by somebody who goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.events import OrderCancelled, OrderEvent
from shared.kernel import Key, Poison
from shared.pipeline.brake import AT_LEAST
from shared.pipeline.claims import CLAIMED_FOR
from shared.pipeline.replay.changes import change
from tests.fakes import Killed
from tests.orders import histories, recorded
from tests.pipeline.replay.desk import BROKEN, CONSUMERS, VIEW, Desk, broken, items
from tests.pipeline.replay.stories import EVERYTHING, ME, STORY, parked, replayed, story, untroubled


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
