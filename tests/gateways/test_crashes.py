"""Gateways when the process dies, a write is lost or somebody else comes first, at any operation of the store."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from gateways import SandboxCarrier, Warehouse
from orders.events import Answer
from shared.kernel import Conflict, Failure, Transient, Unknown
from shared.ports import BucketStore
from tests.fakes import FakeBuckets, Fate, Killed
from tests.gateways.cells import PRICE, line, payments_with
from tests.gateways.stores import Unreliable, assert_stock_law

type Call = Callable[[BucketStore], Awaitable[Answer | None]]
LINES = (line("tea", 2), line("milk"), line("unmanaged"))
TOO_MANY = (line("tea", 2), line("milk", 9))


@dataclass(frozen=True)
class Step:
    name: str
    call: Call

    def __str__(self) -> str:
        return self.name


HOLD = Step("hold", lambda store: Warehouse(store).hold("o1", LINES))
REFUSED = Step("hold too many", lambda store: Warehouse(store).hold("o1", TOO_MANY))
RELEASE = Step("release", lambda store: Warehouse(store).release("o1", LINES))
CONSUME = Step("consume", lambda store: Warehouse(store).consume("o1", LINES))
CAPTURE = Step("capture", lambda store: payments_with(store).capture("o1", PRICE))
UNDO = Step("undo", lambda store: payments_with(store).undo("o1"))
CLOSE = Step("close", lambda store: payments_with(store).close("o1"))
BOOK = Step("book", lambda store: SandboxCarrier(store).book("o1", LINES))
CLOSE_PARCEL = Step("close parcel", lambda store: SandboxCarrier(store).close("o1"))

# The last call is the one in trouble; those before it went well.
STORIES: tuple[tuple[Step, ...], ...] = (
    (HOLD,),
    (REFUSED,),
    (RELEASE,),
    (CONSUME,),
    (HOLD, RELEASE),
    (HOLD, CONSUME),
    (REFUSED, RELEASE),
    (RELEASE, HOLD),
    (HOLD, CONSUME, RELEASE),
    (CAPTURE,),
    (UNDO,),
    (CLOSE,),
    (CAPTURE, UNDO),
    (CAPTURE, CLOSE),
    (UNDO, CAPTURE),
    (CAPTURE, UNDO, CAPTURE),
    (BOOK,),
    (CLOSE_PARCEL,),
    (BOOK, CLOSE_PARCEL),
    (CLOSE_PARCEL, BOOK),
)
stories = pytest.mark.parametrize("story", STORIES, ids=lambda story: " ".join(map(str, story)))
after_effect = pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])


async def begun(story: tuple[Step, ...]) -> FakeBuckets:
    fake = FakeBuckets()
    await Warehouse(fake).set_level("tea", 5)
    await Warehouse(fake).set_level("milk", 1)
    for step in story[:-1]:
        await step.call(fake)
    return fake


async def told(story: tuple[Step, ...]) -> tuple[Answer | None, object, int]:
    """Without trouble: the last answer, what the books say then, and how many operations of the store it took."""
    fake = await begun(story)
    counting = Unreliable(fake, {})
    return await story[-1].call(counting), contents(fake), counting.calls


def contents(fake: FakeBuckets) -> object:
    return {place: stored.item for place, stored in fake.items.items()}


@stories
@after_effect
async def test_a_process_that_dies_anywhere_leaves_what_the_next_one_ends(
    story: tuple[Step, ...], *, after_effect: bool
) -> None:
    answer, books, operations = await told(story)
    for die_at in range(1, operations + 1):
        fake = await begun(story)
        fake.fate = Fate(die_at, after_effect=after_effect)

        with pytest.raises(Killed):
            await story[-1].call(fake)

        assert_stock_law(fake)
        fake.fate = Fate()
        assert await story[-1].call(fake) == answer
        assert contents(fake) == books


@stories
async def test_a_call_that_comes_twice_writes_once(story: tuple[Step, ...]) -> None:
    fake = await begun(story)
    answer = await story[-1].call(fake)
    written = dict(fake.items)

    assert await story[-1].call(fake) == answer

    assert fake.items == written


@stories
@after_effect
async def test_a_lost_answer_is_looked_up_and_told_all_the_same(story: tuple[Step, ...], *, after_effect: bool) -> None:
    answer, books, operations = await told(story)
    for lost in range(1, operations + 1):
        fake = await begun(story)

        said = await story[-1].call(Unreliable(fake, {lost: Unknown("lost")}, after_effect=after_effect))

        assert said == answer
        assert contents(fake) == books


@stories
@pytest.mark.parametrize("trouble", [Transient("away"), Unknown("lost"), Conflict("changed")], ids=repr)
@after_effect
async def test_a_store_that_stays_in_trouble_makes_the_call_transient_and_a_later_one_ends_it(
    story: tuple[Step, ...], trouble: Failure, *, after_effect: bool
) -> None:
    answer, books, _ = await told(story)
    fake = await begun(story)

    with pytest.raises(Transient):
        await story[-1].call(Unreliable(fake, dict.fromkeys(range(1, 1000), trouble), after_effect=after_effect))

    assert_stock_law(fake)
    assert await story[-1].call(fake) == answer
    assert contents(fake) == books
