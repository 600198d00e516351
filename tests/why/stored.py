"""Everything that a world has stored of its order, and the way the app gathers it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from projections import PROJECTIONS, TALLIES
from shared.kernel import Key
from shared.lag import Measurement
from shared.pipeline import Consumer, Count, Pipeline, Project, Suspects, Whys
from shared.ports import Item, Stored
from shared.subscriptions import KEPT, NOTIFYING, PUBLISHING
from shared.why import Document, HandedOn, of_order
from tests.fakes import Clock
from tests.sagas.saga_world import CODEC, ORDER, SagaWorld
from tests.sagas.test_consumers import engine, feed, text

HANDING_ON = (HandedOn(PUBLISHING.name), HandedOn(NOTIFYING.name, NOTIFYING.only, to_customers=True))


@dataclass(frozen=True)
class Everything:
    """The fakes of a world as one store."""

    world: SagaWorld

    def documents(self) -> list[Document]:
        events = [Document("orders", item) for items in self.world.events.streams.values() for item in items.values()]
        rows = [Document(name, stored.item) for (name, _), stored in self.world.rows.rows.items()]
        batched = [Document(name, stored.item) for (name, _, _), stored in self.world.buckets.items.items()]
        return [*events, *rows, *batched]

    def of_the_order(self) -> list[Document]:
        return [each for each in self.documents() if of_order(each) == ORDER]

    async def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        for document in self.documents():
            keys = (document.item.get(name) for name in ("lane", "bucket", "productId", "orderId"))
            if document.container == container and next((key for key in keys if key), None) == partition:
                yield document.item

    async def read(self, container: str, key: Key) -> Stored | None:
        """To look is no operation that a process dies of here."""
        batched = self.world.buckets.items.get((container, key.partition, key.id))
        return batched or self.world.rows.rows.get((container, key))


async def nobody_measured() -> Measurement | None:
    return None


def whys(world: SagaWorld) -> Whys:
    everything = Everything(world)
    return Whys(CODEC, everything, everything, KEPT, HANDING_ON, nobody_measured)  # type: ignore[arg-type]  # reads only


async def seen_by_views(world: SagaWorld) -> None:
    """Rows and lines follow what has happened."""
    made = Pipeline(engine(world, world.worker()), Suspects(world.rows, Clock(), max_seconds=5), max_seconds=5)
    views: tuple[Consumer, ...] = (*map(Project, PROJECTIONS), *map(Count, TALLIES))
    for consumer in views:
        await made.run(consumer, text(feed(world)))
