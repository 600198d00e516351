"""After a deployment that knows it, what was unknown goes in by itself: one first, then all that failed like it."""

from contextlib import suppress

import pytest

from shared.pipeline.claims import CLAIMED_FOR
from shared.pipeline.deeds import Author
from shared.pipeline.replay.known import AUTHOR, KnownByNow
from tests.fakes import Killed
from tests.orders import recorded
from tests.pipeline.replay.desk import Desk, broken, items
from tests.pipeline.replay.stories import STORY, untroubled

ME = Author("ada", "the event is mended")


async def parked(*streams: str, version: int = 2) -> Desk:
    """By a version that did not know the second event of each."""
    desk = Desk()
    for stream in streams:
        whole = items(recorded(STORY, stream=stream))
        await desk.written([whole[0], broken(whole[1], version=version), whole[2]])
        desk.clock.seconds += 1
    return desk


def deployed(desk: Desk, *streams: str) -> None:
    """As if this version could read the events of these."""
    for stream in streams:
        desk.put(items(recorded(STORY, stream=stream)))


async def released(desk: Desk) -> list[object]:
    return [row["outcome"] for row in await KnownByNow(desk.replay, desk.pace).release()]


async def test_what_is_known_by_now_goes_in_everywhere_by_itself() -> None:
    desk = await parked("o1", "o2")
    deployed(desk, "o1", "o2")

    outcomes = await released(desk)

    assert outcomes == ["released"] * 6
    assert desk.views() == (await untroubled("o1", "o2")).views()
    assert {(deed["who"], deed["why"]) for deed in desk.deeds()} == {(AUTHOR.who, AUTHOR.why)}
    assert await released(desk) == []


async def test_what_is_still_unknown_is_tried_on_paper_alone() -> None:
    desk = await parked("o1", "o2")
    before = desk.snapshot()

    assert await released(desk) == []

    assert desk.snapshot() == before


async def test_while_the_first_of_a_group_fail_the_others_stay() -> None:
    desk = await parked("o1", "o2", "o3", "o4")
    deployed(desk, "o4")
    before = desk.snapshot()

    assert await released(desk) == []

    assert desk.snapshot() == before


async def test_lanes_with_a_trouble_of_their_own_besides_hold_up_no_others() -> None:
    desk = await parked("o1", "o2", "o3", "o4", "o5")
    deployed(desk, "o1", "o2", "o3", "o4", "o5")
    desk.put([broken(items(recorded(STORY, stream=stream))[2]) for stream in ("o1", "o2", "o3", "o4")])

    outcomes = await released(desk)

    assert outcomes.count("released") == 3
    assert {str(head["stream"]) for head in await desk.parked()} == {"o1", "o2", "o3", "o4"}


async def test_whoever_died_at_a_lane_that_is_gone_is_told_of_all_the_same() -> None:
    desk = await parked("o1", version=1)
    deployed(desk, "o1")
    (lane, *_) = await desk.lanes()
    before = await desk.replay.parked.summary(lane)
    await desk.replay.claims.take(lane, "replay", ME, before=before)
    await desk.replay.parked.release(lane)

    await released(desk)
    assert desk.deeds() == []
    desk.clock.seconds += CLAIMED_FOR.total_seconds()
    await released(desk)
    await released(desk)

    (deed,) = desk.deeds()
    assert (deed["who"], deed["why"], deed["before"]) == (ME.who, ME.why, before)
    assert deed["after"] == {"outcome": "cut short"}
    assert await desk.claims() == []


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("die_at", range(1, 7))
async def test_whoever_dies_while_he_tells_of_the_dead_leaves_it_to_the_next(die_at: int, after_effect: bool) -> None:
    desk = Desk()
    await desk.replay.claims.take("publish_orders:2:o1:o1", "replay", ME, before={})
    desk.clock.seconds += CLAIMED_FOR.total_seconds()
    desk.fate.step, desk.fate.die_at, desk.fate.after_effect = 0, die_at, after_effect

    with suppress(Killed):
        await released(desk)
    desk.fate.die_at = None
    await released(desk)

    assert [deed["who"] for deed in desk.deeds()] == [ME.who]
    assert await desk.claims() == []


async def test_each_group_has_a_canary_of_its_own() -> None:
    desk = await parked("o1", version=2)
    whole = items(recorded(STORY, stream="o2"))
    await desk.written([whole[0], broken(whole[1], version=3), whole[2]])
    deployed(desk, "o2")

    outcomes = await released(desk)

    assert outcomes == ["released"] * 3
    assert {str(head["stream"]) for head in await desk.parked()} == {"o1"}


async def test_what_failed_for_another_reason_waits_for_a_person() -> None:
    desk = await parked("o1", version=1)
    deployed(desk, "o1")

    assert await released(desk) == []
