"""The operator's desk, put together from the running app: what the command line and the routes below /api/ops do."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from shared.cosmos import CosmosDeeds, CosmosLaneCatalogue, CosmosPartitions, CosmosSagaCounts
from shared.pipeline.claims import Claims
from shared.pipeline.codec import is_event
from shared.pipeline.deeds import DeedCatalogue
from shared.pipeline.fold import pure
from shared.pipeline.replay.known import KnownByNow
from shared.pipeline.replay.mend import Mending
from shared.pipeline.replay.overlay import Stores
from shared.pipeline.replay.shell import Pace, Replay
from shared.pipeline.saga_desk import SagaDesk
from shared.pipeline.watchdog import Watchdog
from shared.ports import Item
from shared.runtime import App, app
from shared.storage import POISON
from shared.subscriptions import ORDERS, SAGA_ITEMS

# Of an automatic release, so that a deployment after a long pause leaves the store to the customers.
RU_PER_SECOND = 200.0


@dataclass(frozen=True, slots=True)
class Desk:
    replay: Replay
    mending: Mending
    known: KnownByNow
    deeds: DeedCatalogue
    sagas: SagaDesk
    watchdog: Watchdog


def desk_of(running: App) -> Desk:
    parked, database = running.parked, running.settings.database
    engine = parked.engine
    deeds = CosmosDeeds(running.account, database, (POISON, ORDERS, SAGA_ITEMS))
    left = CosmosLaneCatalogue(running.account.container(database, POISON))
    stores = Stores(engine.events, engine.rows, engine.ledgers.store, CosmosPartitions(running.account, database))
    claims = Claims(stores.buckets, stores.rows, engine.lanes.nonce, engine.lanes.now)
    replay = Replay(parked, claims, left, stores, ORDERS)

    def check(items: Sequence[Item]) -> None:
        events = running.orders.codec.history([item for item in items if is_event(item)])
        with pure("the fold of the order"):
            running.orders.decider.fold(event.body for event in events)

    sagas = SagaDesk(engine, running.sagas, stores, ORDERS, claims.nonce, claims.now)
    counts = CosmosSagaCounts(running.account, database)
    return Desk(
        replay,
        Mending(replay, check),
        KnownByNow(replay, Pace(RU_PER_SECOND)),
        deeds,
        sagas,
        Watchdog(running.timers, counts, engine.observer, claims.now),
    )


@cache
def desk() -> Desk:
    """Of this worker's app."""
    return desk_of(app())
