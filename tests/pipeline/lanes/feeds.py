"""A feed of notes from many streams, and what is needed to deliver it: to healthy workers and to those that die."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from time import monotonic

import orjson

from shared.kernel import Key, Recorded
from shared.pipeline import Brake, Engine, Lanes, Ledgers, Pipeline, Project, Suspects
from shared.pipeline.consumers import Consumer
from shared.pipeline.lanes import CONTAINER, HEAD
from tests.fakes import Clock, FakeBuckets, FakeEventStore, FakeRows
from tests.orders import EPOCH
from tests.pipeline.lanes.notes import NOTES, Noted, Notes, Watch, fixed, folded, noted, notes
from tests.pipeline.worlds import Seasoned

type Events = list[Recorded[Noted]]


def mixed(streams: Mapping[str, str], chance: random.Random) -> Events:
    """Streams as one physical partition feeds them: mixed, each in its own order."""
    waiting = [list(noted(kinds, stream)) for stream, kinds in streams.items()]
    events: Events = []
    while waiting := [each for each in waiting if each]:
        events.append(chance.choice(waiting).pop(0))
    return events


@dataclass
class Feed:
    """`streams` are spelt by kinds. Everything is written already; what was not delivered yet merely comes later."""

    streams: Mapping[str, str]
    rows: FakeRows = field(default_factory=FakeRows)
    events: FakeEventStore = field(default_factory=FakeEventStore)
    clock: Clock = field(default_factory=Clock)
    watch: Watch = field(default_factory=Watch)
    nonces: "count[int]" = field(default_factory=count)
    max_seconds: float = 60
    brake: Brake = field(init=False)

    def __post_init__(self) -> None:
        self.brake = Brake(self.clock)
        for stream, kinds in self.streams.items():
            items = map(NOTES.encode, noted(kinds, stream))
            self.events.streams[stream] = {str(item["id"]): item for item in items}

    @property
    def engine(self) -> Engine:
        lanes = Lanes(self.rows, nonce=lambda: str(next(self.nonces)), now=lambda: EPOCH)
        return Engine(NOTES, self.events, self.rows, lanes, self.brake, Ledgers(FakeBuckets()))

    @property
    def last_version(self) -> int:
        return max(map(fixed, self.streams.values()))

    def project(self, version: int) -> Project[Noted, Notes]:
        return Project(notes(version, self.watch, self.streams.__getitem__))

    def process(self, *, young: bool = False) -> Pipeline:
        """A new worker process."""
        kind = Suspects if young else Seasoned
        return Pipeline(self.engine, kind(self.rows, monotonic, self.max_seconds), self.max_seconds)

    async def deliver(
        self, batch: Iterable[Recorded[Noted]], *, version: int = 0, attempt: int = 1, by: Consumer | None = None
    ) -> None:
        """One batch, to a process that is no longer young."""
        await self.process().run(by or self.project(version), text(batch), attempt=attempt)

    async def release(self, stream: str, *, version: int | None = None) -> object:
        last = self.last_version if version is None else version
        return await self.project(last).release(Key(stream, stream), self.engine)

    async def release_all(self) -> None:
        for stream in self.streams:
            while await self.release(stream) == "released":
                continue

    def row(self, stream: str) -> Mapping[str, object]:
        stored = self.rows.rows.get(("notes", Key(stream, stream)))
        return stored.item if stored else {"mark": 0, "body": False}

    def seen(self, stream: str) -> Notes | None:
        row = self.row(stream)
        return None if row.get("body") is False else Notes(tuple(row["seen"]))  # type: ignore[arg-type]  # a JSON list

    def parked(self) -> dict[str, Mapping[str, object]]:
        """Every head, by its stream."""
        found = [stored.item for (where, key), stored in self.rows.rows.items() if (where, key.id) == (CONTAINER, HEAD)]
        return {str(head["stream"]): head for head in found}

    def marked(self) -> set[str]:
        """Which kinds of items are in the poison container beside heads."""
        return {
            str(stored.item["type"])
            for (where, key), stored in self.rows.rows.items()
            if where == CONTAINER and key.id != HEAD
        }

    def whole(self) -> bool:
        """Every row is the fold of all its events, none is stale, nothing is parked."""
        return not self.parked() and all(
            self.seen(stream) == folded(kinds) and "stale" not in self.row(stream)
            for stream, kinds in self.streams.items()
        )


def text(batch: Iterable[Recorded[Noted]]) -> str:
    return orjson.dumps([NOTES.encode(event) for event in batch]).decode()
