"""Which lanes are replayed, for what reason and at what pace."""

from datetime import timedelta

import pytest

from shared.observer import charged
from shared.pipeline.deeds import Author, ReasonNeeded
from shared.pipeline.replay.plan import Wanted
from shared.pipeline.replay.shell import Pace
from tests.pipeline.replay.desk import PUBLISH, VIEW
from tests.pipeline.replay.stories import ME, parked


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
