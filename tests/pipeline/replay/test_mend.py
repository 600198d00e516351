"""Edit and drop: what is history stays, what a view folds is not left out, and the original is kept with its reason."""

from typing import Any

import pytest

from orders.events import OrderEvent, OrderPlaced, OrderShipped
from shared.kernel import Key
from shared.pipeline.deeds import Author, shown
from shared.pipeline.parked import NoSuchLane
from shared.pipeline.replay.edits import NotEditable
from shared.pipeline.replay.mend import NotDroppable
from shared.pipeline.replay.plan import Wanted
from shared.ports import Item
from tests.fakes import Killed
from tests.orders import a_line, recorded, usd
from tests.pipeline.replay.desk import BROKEN, PUBLISH, TALLY, VIEW, Desk, broken, items

ME = Author("ada", "the shop sent a card number")
PLACED = OrderPlaced((a_line(),), usd(500))
CHEAPER = OrderPlaced((a_line(),), usd(400))
STORY: tuple[OrderEvent, ...] = (PLACED, OrderShipped(by_hand=True))
WHOLE = items(recorded(STORY, stream="o1"))
GOOD: dict[str, object] = {"data": WHOLE[1]["data"]}


async def a_broken_order() -> Desk:
    desk = Desk()
    await desk.written([WHOLE[0], broken(WHOLE[1])])
    return desk


async def lane_of(desk: Desk, consumer: str) -> str:
    (lane,) = [str(head["lane"]) for head in await desk.parked() if head["consumer"] == consumer]
    return lane


def stored(desk: Desk, name: str = "000002") -> Item:
    return desk.rows.rows["orders", Key("o1", name)].item


async def all_replayed(desk: Desk) -> list[object]:
    lanes = [lot.lane for lot in await desk.replay.plan(Wanted(key="o1"))]
    return [row["outcome"] async for row in desk.replay.run(lanes, ME, pace=desk.pace)]


async def test_an_edit_keeps_the_original_the_difference_who_and_why() -> None:
    desk = await a_broken_order()

    row = await desk.mending.edit(await lane_of(desk, VIEW.name), GOOD, ME)

    (deed,) = desk.deeds()
    assert row["outcome"] == "edited"
    assert stored(desk) == WHOLE[1]
    assert desk.rows.rows["orders", Key("o1", str(deed["id"]))].item is deed
    assert (deed["action"], deed["who"], deed["why"]) == ("edit", ME.who, ME.why)
    assert deed["before"] == {"item": broken(WHOLE[1])}
    after: Any = deed["after"]
    assert {each["path"].split("/")[0] for each in after["diff"]} == {"data"}
    assert after["item"] == WHOLE[1]
    assert "item" not in row
    assert BROKEN not in str(shown(deed))


async def test_after_an_edit_a_replay_puts_the_order_in_everywhere() -> None:
    desk = await a_broken_order()
    untroubled = Desk()
    await untroubled.written(WHOLE)

    await desk.mending.edit(await lane_of(desk, TALLY.name), GOOD, ME)

    assert set(await all_replayed(desk)) == {"released"}
    assert desk.views() == untroubled.views()
    assert desk.outlet.names == ["o1:1", "o1:2"]


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ({"data": {"byHand": "perhaps"}}, "would not pass"),
        ({"data": {"byHand": True}, "type": "OrderTeleported"}, "would not pass"),
        ({"type": "OrderPlaced", "data": {}}, "would not pass"),
        ({"orderId": "o2"} | GOOD, "whose it is"),
        ({"sequence": 3} | GOOD, "whose it is"),
        ({"customerId": "c9"} | GOOD, "whose it is"),
        ({}, "nothing would be different"),
        ({"data": {"byHand": True, "trackingId": "x" * 40_000}}, "would not pass"),
    ],
)
async def test_an_edit_that_would_not_pass_is_refused_and_nothing_is_changed(new: dict[str, object], why: str) -> None:
    desk = await a_broken_order()
    before = desk.snapshot()

    with pytest.raises(NotEditable, match=why):
        await desk.mending.edit(await lane_of(desk, VIEW.name), new, ME)

    assert desk.snapshot() == before


async def test_what_can_be_read_is_history_and_is_not_edited() -> None:
    desk = await a_broken_order()
    lane = await lane_of(desk, VIEW.name)
    await desk.mending.edit(lane, GOOD, ME)
    before = desk.snapshot()

    with pytest.raises(NotEditable, match="history"):
        await desk.mending.edit(lane, {"data": {"byHand": False}}, ME)

    assert desk.snapshot() == before


async def test_what_stands_before_the_trouble_has_gone_in_everywhere_and_is_not_edited() -> None:
    desk = await a_broken_order()
    before = desk.snapshot()

    with pytest.raises(NotEditable, match="history"):
        await desk.mending.edit(
            await lane_of(desk, VIEW.name), {"data": items(recorded((CHEAPER,)))[0]["data"]}, ME, at=1
        )

    assert desk.snapshot() == before


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("die_at", range(1, 6))
async def test_an_edit_that_dies_is_there_with_its_deed_or_not_at_all(die_at: int, after_effect: bool) -> None:
    desk = await a_broken_order()
    lane = await lane_of(desk, VIEW.name)
    desk.fate.step, desk.fate.die_at, desk.fate.after_effect = 0, die_at, after_effect

    try:
        await desk.mending.edit(lane, GOOD, ME)
    except Killed:
        desk.fate.die_at = None

    is_edited = stored(desk) == WHOLE[1]
    assert len(desk.deeds()) == is_edited
    assert stored(desk) in (WHOLE[1], broken(WHOLE[1]))


async def test_an_event_is_left_out_of_what_is_handed_on_and_the_rest_goes() -> None:
    desk = Desk()
    later = items(recorded((*STORY, PLACED), stream="o1"))
    await desk.written([later[0], broken(later[1]), later[2]])
    lane = await lane_of(desk, PUBLISH.name)

    row, outcome = await desk.mending.drop_and_replay(lane, ME)

    assert (row["outcome"], row["at"], outcome["outcome"]) == ("dropped", 2, "released")
    assert desk.outlet.names == ["o1:1", "o1:3"]
    drop, replay = sorted(desk.deeds(), key=lambda deed: str(deed["action"]))
    assert (drop["who"], drop["why"], drop["subject"]) == (ME.who, ME.why, lane)
    assert drop["before"] == {"sequence": 2, "type": "OrderShipped"}
    assert replay["after"] == {"outcome": "released"}


async def test_a_later_one_may_be_left_out_and_those_before_it_go() -> None:
    desk = Desk()
    later = items(recorded((*STORY, PLACED, PLACED), stream="o1"))
    await desk.written([later[0], broken(later[1]), broken(later[2]), later[3]])
    desk.put([later[1]])
    lane = await lane_of(desk, PUBLISH.name)

    rows = await desk.mending.drop_and_replay(lane, ME, at=3)

    assert [row["outcome"] for row in rows] == ["dropped", "released"]
    assert desk.outlet.names == ["o1:1", "o1:2", "o1:4"]


@pytest.mark.parametrize("consumer", [VIEW.name, TALLY.name])
async def test_what_is_folded_is_not_left_out(consumer: str) -> None:
    desk = await a_broken_order()
    before = desk.snapshot()

    with pytest.raises(NotDroppable, match="mend the event"):
        await desk.mending.drop(await lane_of(desk, consumer), ME)

    assert desk.snapshot() == before


async def test_only_what_waits_is_left_out_and_only_once() -> None:
    desk = await a_broken_order()
    lane = await lane_of(desk, PUBLISH.name)

    with pytest.raises(NotDroppable, match="nothing of that number"):
        await desk.mending.drop(lane, ME, at=1)
    await desk.mending.drop(lane, ME)
    with pytest.raises(NotDroppable, match="nothing of that number"):
        await desk.mending.drop(lane, ME)
    with pytest.raises(NoSuchLane):
        await desk.mending.drop("nobody:1:c:o", ME)

    assert len(desk.deeds()) == 1


async def test_an_item_without_a_key_is_dropped_and_kept_beside_its_reason() -> None:
    desk = Desk()
    raw = {"id": "000001", "_rid": "r1", "orderId": "o1", "note": BROKEN}
    await desk.deliver(raw)
    (lane, *_) = await desk.lanes()

    row = await desk.mending.drop(lane, ME)
    await desk.deliver(raw)

    assert row["outcome"] == "dropped"
    (deed,) = desk.deeds()
    left: Any = desk.rows.rows["poison", Key(lane, "head")].item
    assert (left["type"], left["item"]["note"]) == ("DroppedPoison", BROKEN)
    before: Any = deed["before"]
    assert (before["type"], before["reason"]) == ("RawPoison", "unreadable_envelope")
    with pytest.raises(NoSuchLane):
        await desk.mending.drop(lane, ME)


async def test_an_item_that_would_still_not_be_read_is_refused() -> None:
    desk = Desk()
    await desk.deliver({**broken(WHOLE[1]), "_rid": "r1", "sequence": "two"})
    (lane, *_) = await desk.lanes()
    before = desk.snapshot()

    for new in ({"sequence": 0}, {"sequence": 2}):
        with pytest.raises(NotEditable, match="not"):
            await desk.mending.edit(lane, new, ME)

    assert desk.snapshot() == before
    assert (await desk.mending.edit(lane, {"sequence": 2} | GOOD, ME))["outcome"] == "edited"


async def test_an_edit_and_a_drop_are_rehearsed_without_a_trace() -> None:
    desk = await a_broken_order()
    lane = await lane_of(desk, VIEW.name)
    before = desk.snapshot()

    rehearsed = await desk.mending.rehearse(lambda mending: mending.edit_and_replay(lane, GOOD, ME))

    assert desk.snapshot() == before
    assert [row["outcome"] for row in rehearsed.came_of_it] == ["edited", "released", "released", "released"]
    assert [effect.what for effect in rehearsed.effects] == ["2 OrderShipped"]
    (event,) = [change for change in rehearsed.changes if change.key == Key("o1", "000002")]
    assert {field.path.split("/")[0] for field in event.fields} == {"data"}
    assert BROKEN not in str([change.as_row() for change in rehearsed.changes])
