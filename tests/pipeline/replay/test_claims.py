"""Of several who replay at once, dead or late, one acts."""

import asyncio
from itertools import chain

import pytest

from shared.kernel import Key
from shared.pipeline.claims import CLAIMED_FOR, Claimed
from shared.pipeline.deeds import Author
from tests.pipeline.replay.stories import ME, parked, replayed, untroubled


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
