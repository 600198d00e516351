"""Whatever the stores do meanwhile, and whoever comes between any two calls of them: the laws hold in the end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, get_args

from hypothesis import example, given, settings
from hypothesis import strategies as st

from orders.commands import DeleteOrder, MoveOrder, OrderCommand, ReportParcel
from shared.kernel import Failure, Key, Transient, Unknown
from shared.ports import Item, Stored, Write
from tests.fakes import FakeBuckets, FakeRows, Fate
from tests.sagas.saga_world import FatedEvents, Fortune, SagaWorld

# What becomes of one operation of a store; what is lost has happened, what never arrives has not.
type Mood = Literal["fair", "away", "answer lost", "never arrives"]
type Act = Literal["touch", "land", "hear", "31 seconds", "6 minutes"] | OrderCommand

ACTS: tuple[Act, ...] = (
    "touch",
    "land",
    "hear",
    "31 seconds",
    "6 minutes",
    MoveOrder("cancelled"),
    MoveOrder("shipped"),
    DeleteOrder(),
    ReportParcel("delivered"),
    ReportParcel("lost"),
)


@dataclass
class Weather(Fate):
    """How each coming operation of a store goes, and how many others have a turn before it.

    `behind` is how many events a reading of a stream lacks: against the promise of the store, and harmless.
    """

    moods: list[Mood] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)

    def meet(self, effect: Callable[[], None]) -> None:
        mood = self.moods.pop(0) if self.moods else "fair"
        if mood == "away":
            raise Transient("the store is away")
        if mood == "never arrives":
            raise Unknown("no answer, and it never arrived")
        super().meet(effect)
        if mood == "answer lost":
            raise Unknown("no answer, but it has arrived")

    async def pause(self) -> None:
        for _ in range(self.pauses.pop(0) if self.pauses else 0):
            await asyncio.sleep(0)


@dataclass
class Rows(FakeRows):
    """Others have a turn before and after each operation."""

    fate: Weather = field(default_factory=Weather)

    async def read(self, container: str, key: Key) -> Stored | None:
        await self.fate.pause()
        found = await super().read(container, key)
        await self.fate.pause()
        return found

    async def create(self, container: str, key: Key, item: Item) -> str:
        await self.fate.pause()
        etag = await super().create(container, key, item)
        await self.fate.pause()
        return etag

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        await self.fate.pause()
        made = await super().replace(container, key, item, etag=etag)
        await self.fate.pause()
        return made


@dataclass
class Events(FatedEvents):
    """Others have a turn after each reading, which may lack the last events; an append has one within it."""

    fate: Weather = field(default_factory=Weather)

    async def read(self, stream: str) -> Sequence[Item]:
        self.fate.meet(lambda: None)
        found = await super().read(stream)
        await self.fate.pause()
        behind = self.fate.behind.pop(0) if self.fate.behind else 0
        return found[: max(1, len(found) - behind)]


@dataclass
class Buckets(FakeBuckets):
    fate: Weather = field(default_factory=Weather)

    async def read(self, container: str, partition: str, ids: Sequence[str]) -> Mapping[str, Stored]:
        found = await super().read(container, partition, ids)
        await self.fate.pause()
        return found

    async def commit(self, container: str, partition: str, writes: Sequence[Write]) -> Sequence[str]:
        made = await super().commit(container, partition, writes)
        await self.fate.pause()
        return made


class Outdoors(SagaWorld):
    """A world whose stores have weather."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.weather = Weather()
        self.events, self.rows, self.buckets = Events(), Rows(), Buckets()
        self.events.fate = self.rows.fate = self.buckets.fate = self.weather
        self.books = type(self.books)(self.buckets, self)

    async def act(self, act: Act) -> None:
        match act:
            case "touch":
                await self.touch()
            case "land":
                await self.land()
            case "hear":
                await self.hear()
            case "31 seconds":
                self.now += timedelta(seconds=31)
            case "6 minutes":
                self.now += timedelta(minutes=6)
            case command:
                await self.ask(command)


# A consume that failed, and then a reading from before the parcel left: the goods were released.
@example(
    crowds=[[]],
    moods=[],
    pauses=[],
    behind=[0, 1],
    fortunes=["answered", "answered", "answered", "never arrives"],
    levels={"tea": 5, "milk": 5},
)
@settings(max_examples=40, deadline=None)
@given(
    crowds=st.lists(st.lists(st.sampled_from(ACTS), max_size=5), max_size=5),
    moods=st.lists(st.sampled_from(("fair", "fair", *get_args(Mood.__value__))), max_size=60),
    pauses=st.lists(st.integers(0, 6), max_size=120),
    behind=st.lists(st.sampled_from((0, 0, 0, 1, 2, 3)), max_size=40),
    fortunes=st.lists(st.sampled_from(get_args(Fortune.__value__)), max_size=6),
    levels=st.sampled_from([{"tea": 5, "milk": 5}, {"tea": 2, "milk": 5}, {}]),
)
async def test_in_any_weather_whatever_was_begun_is_finished_or_undone(
    *,
    crowds: list[list[Act]],
    moods: list[Mood],
    pauses: list[int],
    behind: list[int],
    fortunes: list[Fortune],
    levels: dict[str, int],
) -> None:
    world = Outdoors(levels=levels, fortunes=list(fortunes))
    await world.begin()
    world.weather.moods, world.weather.pauses, world.weather.behind = list(moods), list(pauses), list(behind)

    for crowd in crowds:
        for end in await asyncio.gather(*(world.act(act) for act in ("touch", *crowd)), return_exceptions=True):
            assert end is None or isinstance(end, Failure), end
    world.weather.moods, world.weather.pauses, world.weather.behind = [], [], []
    await world.to_the_end()

    await world.check_laws()
