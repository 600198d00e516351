"""A key that takes the process down, or never ends, is found, parked and passed by; a key that is only slow is not."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from shared.kernel import Key, Poison, Recorded, Transient, Unknown
from shared.pipeline import Engine, Project
from shared.pipeline.consumers import Outcome
from shared.pipeline.lanes import CONTAINER
from shared.pipeline.spans import Span
from tests.fakes import Fate, Killed
from tests.pipeline.lanes.feeds import Feed, text
from tests.pipeline.lanes.notes import NOTES, Noted, Notes, Watch, folded, noted, notes
from tests.pipeline.lanes.stores import Contended, Counted, Overtaken, Slow, Throttling, Unheard, Vanishing

HEALTHY = {f"s{n}": "NN" for n in range(9)}
BATCH = [*noted("N", "s0"), *noted("NN", "bad"), *(event for n in range(1, 9) for event in noted("NN", f"s{n}"))]


def deadly(feed: Feed, stream: str = "bad") -> Project[Noted, Notes]:
    """A view whose handler ends the process when it meets this stream."""
    right = notes(0, Watch(), feed.streams.__getitem__)

    def evolve(row: Notes | None, event: Recorded[Noted]) -> Notes | None:
        if event.stream == stream:
            raise Killed
        return right.evolve(row, event)

    return Project(replace(right, evolve=evolve))


@dataclass(frozen=True)
class Hanging(Project[Noted, Notes]):
    """A view whose handler never ends when it meets this stream."""

    stream: str = "bad"

    async def handle(self, span: Span[Noted], engine: Engine) -> Outcome:
        if span.stream == self.stream:
            await asyncio.Event().wait()
        return await super().handle(span, engine)


async def _restarted_until_it_returns(
    feed: Feed, project: Project[Noted, Notes], most: int, *, young: bool = True
) -> list[BaseException]:
    """Each process dies or returns; the host gives the next one the same batch, as its first attempt."""
    deaths: list[BaseException] = []
    for _ in range(most):
        before = len(deaths)
        try:
            await feed.process(young=young).run(project, text(BATCH))
        except* Killed as killed:
            deaths.append(killed)
        if len(deaths) == before:
            break
        young = True
    return deaths


@pytest.mark.parametrize("young", [True, False], ids=["dies young", "dies old"])
async def test_a_key_that_ends_the_process_is_parked_within_five_processes(young: bool) -> None:
    feed = Feed({"bad": "NN"} | HEALTHY)

    deaths = await _restarted_until_it_returns(feed, deadly(feed), 5, young=young)

    assert len(deaths) == (4 if not young else 3)
    assert feed.parked()["bad"]["reason"] == "suspect"
    assert feed.seen("s0") == folded("N")
    assert all(feed.seen(f"s{n}") == folded("NN") for n in range(1, 9))


async def test_what_comes_for_a_suspect_later_is_held_back_without_touching_it() -> None:
    feed = Feed({"bad": "NNN"} | HEALTHY)
    await _restarted_until_it_returns(feed, deadly(feed), 5)

    await feed.deliver(noted("NNN", "bad")[2:], by=deadly(feed))

    assert feed.parked()["bad"]["last"] == 3
    await feed.release("bad")
    assert feed.seen("bad") == folded("NNN")


async def test_a_suspect_is_parked_even_where_a_release_has_died_half_way() -> None:
    feed = Feed({"bad": "PN"} | HEALTHY)
    await feed.deliver(noted("P", "bad"))
    await _released_up_to_its_close(feed)
    batch = [*noted("PN", "bad")[1:], *noted("N", "s0")]

    deaths = 0
    for _ in range(5):
        try:
            await feed.process(young=True).run(deadly(feed), text(batch))
        except* Killed:
            deaths += 1

    assert deaths == 3
    assert feed.parked()["bad"]["reason"] == "suspect"
    assert feed.seen("s0") == folded("N")


async def _released_up_to_its_close(feed: Feed) -> None:
    """Of a stream that then had one event, by a process that dies before it clears the row."""
    later = feed.events.streams["bad"].pop("000002")
    feed.rows.fate = Fate(die_at=5)
    with pytest.raises(Killed):
        await feed.release("bad")
    feed.rows.fate = Fate()
    feed.events.streams["bad"]["000002"] = later
    assert feed.parked()["bad"]["state"] == "closed"


async def test_a_suspect_whose_row_changes_meanwhile_is_looked_at_again() -> None:
    feed = Feed({"bad": "NN"}, rows=Overtaken())
    span = Span(Key("bad", "bad"), noted("NN", "bad"))

    outcome = await feed.project(0).suspect(span, Poison("suspect", "it ended the process"), feed.engine)

    assert outcome == "parked"


async def test_a_batch_that_one_slow_worker_has_begun_parks_nothing() -> None:
    feed = Feed({"bad": "NN"} | HEALTHY)
    slow = asyncio.create_task(feed.process(young=True).run(Hanging(deadly(feed, "nobody").projection), text(BATCH)))
    while not feed.marked():
        await asyncio.sleep(0)

    await feed.process(young=True).run(feed.project(0), text(BATCH))

    assert not feed.parked()
    assert feed.seen("bad") == folded("NN")
    slow.cancel()
    await asyncio.wait([slow])


async def test_a_key_seen_left_behind_once_is_handled_again() -> None:
    feed = Feed({"bad": "NN"} | HEALTHY)
    await _restarted_until_it_returns(feed, deadly(feed), 2)

    await feed.process(young=True).run(feed.project(0), text(BATCH))

    assert not feed.parked()
    assert feed.seen("bad") == folded("NN")
    assert not feed.marked()


async def test_a_handler_that_never_ends_is_parked_and_the_others_are_applied() -> None:
    feed = Feed({"bad": "NN"} | HEALTHY, max_seconds=0.02)
    hanging, process = Hanging(feed.project(0).projection), feed.process()

    for attempt in range(1, 10):
        try:
            await process.run(hanging, text(BATCH), attempt=attempt)
        except Transient:
            continue
        break

    assert feed.parked()["bad"]["reason"] == "suspect"
    assert all(feed.seen(f"s{n}") == folded("NN") for n in range(1, 9))


@pytest.mark.parametrize("attempt", [1, 3, 4, 9])
async def test_ordinary_trouble_leaves_no_marks_behind(attempt: int) -> None:
    feed = Feed({"bad": "PN"} | HEALTHY, rows=(rows := Throttling()))

    with pytest.raises(Transient):
        await feed.process(young=True).run(feed.project(0), text(BATCH), attempt=attempt)
    assert not feed.marked()

    rows.throttled = "nobody"
    await feed.process(young=True).run(feed.project(0), text(BATCH), attempt=attempt)
    assert not feed.marked()


async def test_every_mark_expires_by_itself() -> None:
    feed = Feed({"bad": "NN"} | HEALTHY)

    await _restarted_until_it_returns(feed, deadly(feed), 2)

    left = [stored.item for (where, _), stored in feed.rows.rows.items() if where == CONTAINER]
    assert {str(item["type"]) for item in left} == {"Attempt", "Suspect"}
    assert all(item["ttl"] == 24 * 3600 for item in left)


async def test_a_process_writes_down_what_it_has_not_read_lately_and_nothing_else() -> None:
    feed = Feed({"s0": "N" * 40}, rows=(rows := Counted()))
    young, old = feed.process(young=True), feed.process()

    for event in noted("N" * 40, "s0"):
        await young.run(feed.project(0), text([event]))
    assert rows.marks == 1
    await old.run(feed.project(0), text(noted("N", "s0")))
    assert rows.marks == 1


async def test_a_part_of_the_feed_that_changes_hands_is_written_down_again() -> None:
    """The deadly batch of a neighbour comes to a process that has long been reading other parts."""
    feed = Feed({"bad": "NN"} | HEALTHY)
    process = feed.process(young=True)
    for stream in ("s1", "s2", "s3"):
        await process.run(feed.project(0), text(noted("N", stream)))

    with pytest.raises(BaseExceptionGroup):
        await process.run(deadly(feed), text(noted("NN", "bad")))

    assert feed.marked() == {"Attempt"}


async def test_a_mark_of_ones_own_whose_answer_was_lost_accuses_nobody() -> None:
    suspects, key = Feed({}, rows=Unheard()).process(young=True).suspects, Key("s0", "s0")

    with pytest.raises(Unknown):
        await suspects.is_guilty("view", key)

    assert [await suspects.is_guilty("view", key) for _ in range(3)] == [False, False, False]


async def _left_by_another(feed: Feed) -> None:
    """The batch was written down by a process that died of something else."""
    other = feed.process(young=True).suspects
    with pytest.raises(Killed):
        async with other.watching(feed.project(0).name, [NOTES.encode(noted("N", "s0")[0])], attempt=1):
            raise Killed


async def test_a_store_that_is_slow_accuses_nobody_and_ends_applied() -> None:
    feed = Feed(HEALTHY, rows=Slow(0.004), max_seconds=0.1)
    process = feed.process(young=True)
    batch = [event for n in range(9) for event in noted("NN", f"s{n}")]
    await _left_by_another(feed)

    for attempt in range(1, 30):
        try:
            await process.run(feed.project(0), text(batch), attempt=attempt)
        except Transient:
            continue
        break

    assert not feed.parked()
    assert all(feed.seen(f"s{n}") == folded("NN") for n in range(9))


async def test_a_mark_that_somebody_else_has_just_crossed_out_is_none_of_ours() -> None:
    feed = Feed(HEALTHY, rows=Vanishing())

    await feed.process(young=True).run(feed.project(0), text(BATCH[:1]))

    assert feed.seen("s0") == folded("N")


async def test_two_workers_that_write_down_the_same_key_at_once_both_go_on() -> None:
    feed = Feed(HEALTHY, rows=Contended())

    await feed.deliver(BATCH[:1], attempt=4)

    assert feed.seen("s0") == folded("N")
