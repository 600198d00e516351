"""Orders with events that do not pass, everybody who has parked them, and an operator's desk, in memory."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from orders.decider import order
from projections.customer_orders import customer_orders
from projections.daily_sales import daily_sales
from shared.kernel import Key, Recorded
from shared.pipeline import Brake, Count, Engine, EventCodec, Forward, Lanes, Ledgers, ParkedKeys, Pipeline, Project
from shared.pipeline.claims import Claims
from shared.pipeline.fold import Stop, pure
from shared.pipeline.lanes import CONTAINER, HEAD
from shared.pipeline.replay.mend import Mending
from shared.pipeline.replay.overlay import Stores
from shared.pipeline.replay.shell import Pace, Replay
from shared.ports import Item, Stored, Write
from tests.fakes import Clock, FakeBatches, FakeRows, Fate
from tests.orders import EPOCH
from tests.pipeline.worlds import CODEC, Seasoned, text

VIEW, TALLY, PUBLISH = Project(customer_orders), Count(daily_sales), Forward("publish_orders")
CONSUMERS: Final = (VIEW, TALLY, PUBLISH)
BROKEN: Final = "4111-1111-1111-1111"


@dataclass
class Sent:
    """An outlet that remembers what arrived, in its order."""

    names: list[str] = field(default_factory=list)

    async def send(self, events: Sequence[Recorded[Any]]) -> Stop | None:
        self.names += [f"{event.stream}:{event.sequence}" for event in events]
        return None


@dataclass
class Interrupted(FakeRows):
    """Before each read somebody else may have a turn."""

    desk: "Desk | None" = None

    async def read(self, container: str, key: Key) -> Stored | None:
        if self.desk and (turn := self.desk.turn):
            await turn()
        return await super().read(container, key)


@dataclass(frozen=True)
class EventsInRows:
    """An EventStore whose events are items like all others, as in the one database."""

    rows: FakeRows

    async def read(self, stream: str) -> Sequence[Item]:
        places = self.rows.rows.items()
        held = [stored.item for (container, key), stored in places if (container, key.partition) == ("orders", stream)]
        return sorted((item for item in held if "sequence" in item), key=lambda item: str(item["id"]))

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        await FakeBatches(self.rows).commit("orders", stream, [Write(item) for item in items])


@dataclass
class Desk:
    """`rows` is what everything is written to; tests put trouble between."""

    fate: Fate = field(default_factory=Fate)
    clock: Clock = field(default_factory=Clock)
    outlet: Sent = field(default_factory=Sent)
    nonces: "count[int]" = field(default_factory=count)
    turn: Callable[[], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.rows = Interrupted(self.fate, desk=self)
        self.events = EventsInRows(self.rows)
        self.brake = Brake(self.clock)

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self.clock())

    @property
    def stores(self) -> Stores:
        batches = FakeBatches(self.rows)
        return Stores(self.events, self.rows, batches, batches)

    @property
    def engine(self) -> Engine:
        """Of a new process: what it remembers dies with it."""
        stores = self.stores
        lanes = Lanes(stores.rows, nonce=self.nonce, now=self.now)
        outlets = {PUBLISH.name: self.outlet}
        ledgers = Ledgers(stores.buckets)
        return Engine(CODEC, stores.events, stores.rows, lanes, self.brake, ledgers, outlets=outlets)

    def nonce(self) -> str:
        return f"n{next(self.nonces)}"

    @property
    def replay(self) -> Replay:
        parked = ParkedKeys(self.engine, {each.name: each for each in CONSUMERS}, self)
        return Replay(parked, Claims(self.stores.buckets, self.rows, self.nonce, self.now), self, self.stores, "orders")

    @property
    def mending(self) -> Mending:
        return Mending(self.replay, check)

    @property
    def pace(self) -> Pace:
        return Pace(seconds=self.clock, sleep=self.clock.sleep)

    async def deliver(self, *items: Item) -> None:
        """To everybody, as their feeds would."""
        engine = self.engine
        for consumer in CONSUMERS:
            suspects = Seasoned(self.rows, self.clock, max_seconds=5)
            await Pipeline(engine, suspects, max_seconds=5).run(consumer, text(items))

    async def written(self, items: Sequence[Item]) -> None:
        """Into the streams, and then to everybody."""
        self.put(items)
        await self.deliver(*items)

    def put(self, items: Sequence[Item]) -> None:
        """Into the streams, in place of what was there, and nobody is told."""
        for item in items:
            place = "orders", Key(str(item["orderId"]), str(item["id"]))
            self.rows.rows[place] = Stored(dict(item), etag=f"put-{next(self.nonces)}")

    async def parked(self) -> Sequence[Item]:
        heads = [stored.item for (container, key), stored in self.rows.rows.items() if key.id == HEAD]
        return sorted(heads, key=lambda item: str(item["since"]))

    async def claims(self) -> Sequence[Item]:
        return self._of_type("LaneClaim")

    async def count(self, consumer: str) -> int:
        return sum(item["consumer"] == consumer for item in await self.parked())

    def deeds(self) -> list[Item]:
        """In the order in which they were done."""
        return sorted(self._of_type("Deed"), key=lambda deed: str(deed["deedAt"]))

    async def lanes(self) -> list[str]:
        return [str(item["lane"]) for item in await self.parked()]

    def _of_type(self, kind: str) -> list[Item]:
        return [stored.item for stored in self.rows.rows.values() if stored.item.get("type") == kind]

    def views(self) -> dict[tuple[str, Any], Item]:
        """All that consumers keep, without what stands in the lanes."""
        kept = {place: stored.item for place, stored in self.rows.rows.items() if place[0] not in {CONTAINER, "orders"}}
        return dict(sorted(kept.items(), key=str))

    def snapshot(self) -> tuple[object, ...]:
        rows = {place: (dict(stored.item), stored.etag) for place, stored in self.rows.rows.items()}
        return rows, list(self.outlet.names)


def check(items: Sequence[Item]) -> None:
    with pure("the fold"):
        order.fold(event.body for event in CODEC.history(list(items)))


def broken(item: Mapping[str, object], *, version: int = 1) -> dict[str, object]:
    """The item as somebody wrote it who got it wrong, or who was ahead of us."""
    return {**item, "schemaVersion": version, "data": {"lines": BROKEN}}


def items(events: Sequence[Recorded[Any]], codec: EventCodec[Any] = CODEC) -> list[dict[str, object]]:
    return [codec.encode(event) for event in events]
