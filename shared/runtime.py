"""The composition root: settings → storage → engine → app, once per worker and on first use."""

import os
from asyncio import Task
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from time import monotonic

from gateways import Books, Warehouse
from orders.events import OrderEvent
from orders.order import Order
from projections import PROJECTIONS, TALLIES
from shared.cosmos import (
    Account,
    CosmosDue,
    CosmosFeedLags,
    CosmosKept,
    CosmosPages,
    CosmosSagaCounts,
)
from shared.engine import CODEC, Orders, consumers_of, engine_on, hub_of, orders_on, republish_on, sagas_on
from shared.eventhubs import Client
from shared.lifetime import close_with_loop
from shared.observer import SILENT, Observer
from shared.pipeline import (
    Advance,
    Audit,
    Consumer,
    Decision,
    Engine,
    Freshness,
    LagTold,
    LagWatch,
    ParkedKeys,
    PatientDue,
    PatientPages,
    Pipeline,
    Republish,
    Sagas,
    Standing,
    Suspects,
    Timers,
    Totals,
    Views,
    Whys,
)
from shared.ports import Reader
from shared.settings import HUBS_CONNECTION, Settings
from shared.storage import LEASES, POISON, Storage, now, storage
from shared.subscriptions import FEEDS, FULFILMENT, KEPT, ORDERS, PUBLISHING, SAGA_ITEMS, feeds_of, handing_on
from shared.telemetry import observer as listening

# The function, and what it keeps beside the leases.
MEASURE_LAG = "measure_lag"
# Of the sandbox providers.
BOOKS = ("stock", "payments", "shipments")

type OrderStream = Decision[Order | None, OrderEvent]


@dataclass(frozen=True, slots=True)
class App:
    """Everything the doors need, already wired."""

    settings: Settings
    account: Account
    orders: Orders
    views: Views
    pipeline: Pipeline
    parked: ParkedKeys
    watch: LagWatch
    freshness: Freshness
    totals: Totals
    audit: Audit
    sagas: Sagas
    timers: Timers
    standing: Standing
    whys: Whys
    warehouse: Warehouse
    books: Books
    hub: Client | None = None
    republish: Republish | None = None

    async def close(self) -> None:
        """Every connection that it has opened."""
        try:
            if self.hub:
                await self.hub.close()
        finally:
            await self.account.close()

    @property
    def off(self) -> list[str]:
        """What the settings leave out; the rest is none the worse for it."""
        hubs = f"{HUBS_CONNECTION} is not set: nothing is published to Event Hubs or received"
        notices = "NOTIFY is not set: no customer is told anything"
        return [*([] if self.settings.eventhubs else [hubs]), *([] if self.settings.notices else [notices])]

    @property
    def troubles(self) -> list[str]:
        """What is away and awaited: the feed of whoever needs it waits with it."""
        return [f"hub_away: {self.hub.trouble}"] if self.hub and self.hub.trouble else []

    async def missing(self) -> list[str]:
        """Why the app is not ready; nothing when it is."""
        views = [*(view.container for view in PROJECTIONS), *(tally.container for tally in TALLIES)]
        return [
            *await self.account.missing(self.settings.database, ORDERS, POISON, SAGA_ITEMS, *BOOKS, *views),
            *await self.account.missing(self.settings.lease_database, LEASES),
        ]


def compose(settings: Settings, observer: Observer = SILENT) -> App:
    stored, hub = storage(settings, observer), hub_of(settings)
    orders = orders_on(stored, observer)
    sagas = sagas_on(settings, stored, orders, observer)
    engine = engine_on(settings, stored, orders, sagas, hub=hub, observer=observer)
    consumers, lags = consumers_of(settings), _lags(settings, stored)
    watch, freshness = _watch(settings, stored, lags, observer), _freshness(settings, lags)
    return App(
        settings=settings,
        account=stored.account,
        orders=orders,
        views=Views(PatientPages(CosmosPages(stored.account, settings.database), stored.patience), stored.generations),
        pipeline=_pipeline(settings, engine),
        parked=ParkedKeys(engine, {each.name: each for each in consumers}, stored.catalogue),
        watch=watch,
        totals=Totals(stored.buckets, stored.catalogue),
        audit=Audit(CODEC, stored.sweep, ORDERS),
        freshness=freshness,
        sagas=sagas,
        timers=_timers(settings, stored, engine, sagas),
        standing=_standing(settings, stored, consumers, observer),
        whys=Whys(CODEC, stored.partitions, stored.rows, KEPT, handing_on(settings), watch.last, stored.generations),
        warehouse=Warehouse(stored.buckets),
        books=Books(stored.buckets, stored.partitions),
        hub=hub,
        republish=republish_on(stored, hub, freshness) if hub else None,
    )


def _pipeline(settings: Settings, engine: Engine) -> Pipeline:
    within = settings.max_batch_seconds
    return Pipeline(engine, Suspects(engine.rows, monotonic, within), max_seconds=within)


def _timers(settings: Settings, stored: Storage, engine: Engine, sagas: Sagas) -> Timers:
    due = PatientDue(CosmosDue(stored.account, settings.database), stored.patience)
    return Timers(sagas, due, stored.lanes, engine.brake, Advance(FULFILMENT).name)


def _standing(settings: Settings, stored: Storage, consumers: Sequence[Consumer], observer: Observer) -> Standing:
    counts = CosmosSagaCounts(stored.account, settings.database)
    return Standing(observer, stored.catalogue, counts, [each.name for each in consumers], now)


def _lags(settings: Settings, stored: Storage) -> CosmosFeedLags:
    feeds = {name: stored.account.container(settings.database, name) for name in FEEDS}
    return CosmosFeedLags(
        stored.account.container(settings.lease_database, LEASES), feeds, settings.lease_expires_after, now
    )


def _watch(settings: Settings, stored: Storage, lags: CosmosFeedLags, observer: Observer) -> LagWatch:
    return LagWatch(
        lags,
        _readers(settings),
        CosmosKept(stored.account.container(settings.lease_database, LEASES), MEASURE_LAG),
        stored.catalogue,
        now=now,
        since=now(),
        meter=LagTold(observer, frozenset({PUBLISHING.name})),
    )


def _freshness(settings: Settings, lags: CosmosFeedLags) -> Freshness:
    return Freshness(lags, monotonic, is_off=settings.switched_off.__contains__)


def _readers(settings: Settings) -> tuple[Reader, ...]:
    return tuple(
        Reader(reader.name, container, off=reader.name in settings.switched_off)
        for container, readers in feeds_of(settings).items()
        for reader in readers
    )


# A loop forgets tasks that nobody keeps.
_CLOSING: set[Task[None]] = set()


@cache
def app() -> App:
    """The app of this worker. The SDKs' clients belong to the loop they first run in, which a worker has one of."""
    composed = compose(Settings.read(os.environ), listening())
    _CLOSING.add(close_with_loop(composed.close))
    return composed


def pipeline() -> Pipeline:
    return app().pipeline
