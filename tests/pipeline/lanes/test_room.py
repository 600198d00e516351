"""Room for calls: never more at once than its limit, never less than its least, and it gets over bad times."""

import asyncio
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.pipeline.patience import Room


@dataclass
class Crowd:
    """Calls that end when told to; remembers how many were in at once."""

    room: Room
    inside: list[asyncio.Future[None]] = field(default_factory=list)

    async def call(self) -> None:
        async with self.room:
            self.inside.append(asyncio.get_running_loop().create_future())
            await self.inside[-1]

    @property
    def now(self) -> int:
        return sum(not each.done() for each in self.inside)

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


@settings(deadline=None, max_examples=50)
@given(st.floats(2, 9), st.lists(st.sampled_from(["end", "throttled", "cancel"]), max_size=20))
async def test_no_more_calls_are_under_way_than_there_is_room_for(limit: float, steps: list[str]) -> None:
    crowd = Crowd(Room(limit=limit))
    tasks = [asyncio.create_task(crowd.call()) for _ in range(30)]
    await crowd.settle()
    assert crowd.now == int(limit)

    for step in steps:
        before = crowd.now
        match step:
            case "throttled":
                crowd.room.throttled()
            case "end":
                next(each for each in crowd.inside if not each.done()).set_result(None)
            case _:
                tasks[len(tasks) // 2].cancel()
        await crowd.settle()
        assert crowd.now <= max(before, int(crowd.room.limit))
    while open_ones := [each for each in crowd.inside if not each.done()]:
        assert len(open_ones) <= int(limit)
        for each in open_ones:
            each.set_result(None)
        await crowd.settle()

    await asyncio.gather(*tasks, return_exceptions=True)
    assert crowd.room.under_way == 0


async def test_a_store_that_is_slower_for_good_is_not_slow_for_ever() -> None:
    room = Room()
    room.answered(0.01)

    for _ in range(5000):
        room.answered(1.0)

    assert room.limit == room.most


@given(st.lists(st.floats(0, 10), max_size=300))
def test_room_stays_between_its_least_and_its_most(answers: list[float]) -> None:
    room = Room()
    for seconds in answers:
        room.throttled() if seconds > 9 else room.answered(seconds)
        assert room.least <= room.limit <= room.most
