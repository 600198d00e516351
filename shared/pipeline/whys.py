"""Gathers what is stored of one order, partition by partition, for the graph of its causes. Nothing is written."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any, Final

from shared.kernel import Generation, Key, Poison, Projection, Tally
from shared.kernel.values import to_text
from shared.lag import Measurement
from shared.pipeline.codec import EventCodec, Received, is_event
from shared.pipeline.consumers import Consumer
from shared.pipeline.fold import fold
from shared.pipeline.generations import Known, OnlyTheFirst
from shared.pipeline.lanes import CONTAINER as POISON
from shared.pipeline.lanes import lane
from shared.pipeline.project import Project
from shared.pipeline.transact import WITHIN_SECONDS
from shared.ports import Partitions, RowStore
from shared.why import Document, Graph, HandedOn, explain

ORDERS: Final = "orders"
# An event is dated before it is appended, which takes at most this long.
APPENDED_WITHIN: Final = timedelta(seconds=WITHIN_SECONDS)

type Place = tuple[str, Key]


@dataclass(frozen=True, slots=True)
class Kept:
    """Where documents of an order are: `whole` partitions named by it, rows of views, lines, lanes, single `points`."""

    whole: Sequence[str]
    views: Sequence[Projection[Any, Any]]
    tallies: Sequence[Tally[Any, Any]]
    consumers: Sequence[Consumer]
    points: Callable[[str, Sequence[Received[Any]]], Iterable[Place]]


@dataclass(frozen=True, slots=True)
class Whys:
    """`measured` is what was last known of the feeds; `handing_on` are the consumers that keep no row."""

    codec: EventCodec[Any]
    partitions: Partitions
    rows: RowStore
    kept: Kept
    handing_on: Sequence[HandedOn]
    measured: Callable[[], Awaitable[Measurement | None]]
    generations: Known = field(default_factory=OnlyTheFirst)

    async def of(self, stream: str) -> Graph | None:
        """None for an order that was never placed. Raises Transient when the store is away."""
        own = await self._partition(ORDERS, stream)
        if not own:
            return None
        events = sorted(self._read(own), key=lambda event: event.sequence)
        live = {view.name: (await self.generations.of(view)).live for view in self.kept.views}
        parts = await asyncio.gather(
            *(self._partition(container, stream) for container in self.kept.whole),
            *(self._partition(POISON, name) for name in self._lanes(stream, events, live)),
            *(self._point(*place) for place in dict.fromkeys(self._points(stream, events, live))),
        )
        found, measured = [*own, *chain.from_iterable(parts)], await self.measured()
        return explain(stream, found, [_passed(each, measured) for each in self.handing_on])

    def _read(self, documents: Iterable[Document]) -> Iterator[Received[Any]]:
        for document in documents:
            if is_event(document.item):
                try:
                    yield self.codec.decode(document.item)
                except Poison:
                    # Not even its identity can be read: it is shown, and leads nowhere else.
                    continue

    def _lanes(self, stream: str, events: Sequence[Received[Any]], live: Mapping[str, Generation]) -> Iterator[str]:
        for consumer in self.kept.consumers:
            at = consumer.of(live[consumer.projection.name]) if isinstance(consumer, Project) else consumer
            keys = {at.key(event) for event in events} or {Key(stream, stream)}
            yield from (lane(consumer.name, key) for key in keys if key)

    def _points(self, stream: str, events: Sequence[Received[Any]], live: Mapping[str, Generation]) -> Iterator[Place]:
        for view in self.kept.views:
            keys = {view.key(event) for event in events}
            yield from ((view.container, live[view.name].place(key)) for key in keys if key)
        for tally in self.kept.tallies:
            line = fold(tally, None, 0, events).value
            for bucket in tally.amounts(line) if line is not None else ():
                yield tally.container, Key(tally.partition(bucket, stream), stream)
        yield from self.kept.points(stream, events)

    async def _partition(self, container: str, partition: str) -> list[Document]:
        return [Document(container, item) async for item in self.partitions.items(container, partition)]

    async def _point(self, container: str, key: Key) -> list[Document]:
        stored = await self.rows.read(container, key)
        return [Document(container, stored.item)] if stored else []


def _passed(consumer: HandedOn, measured: Measurement | None) -> HandedOn:
    """Everything that happened before the oldest change that it still had in front of it when that was measured."""
    feeds = measured.feeds if measured else ()
    feed = next((each for each in feeds if each.consumer == consumer.consumer), None)
    if measured is None or feed is None or feed.seconds is None or feed.unknown or feed.unstarted or not feed.leases:
        return consumer
    passed = to_text(measured.at - timedelta(seconds=feed.seconds) - APPENDED_WITHIN)
    return HandedOn(consumer.consumer, consumer.only, passed, consumer.to_customers)
