"""The composition root: settings → account → stores → engine, once per worker and on first use."""

import os
from asyncio import Task
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from math import inf
from time import monotonic
from typing import Any
from uuid import uuid4

from gateways import Books, Warehouse
from orders.commands import OrderCommand, Record
from orders.decider import order
from orders.events import ORDER_EVENTS, OrderEvent
from orders.order import Order
from orders.publication import ORDER_PUBLICATION
from orders.versions import ORDER_VERSIONS
from projections import PROJECTIONS, TALLIES
from sagas import SAGAS
from shared import outside
from shared.cosmos import (
    Account,
    CosmosBuckets,
    CosmosDue,
    CosmosEventStore,
    CosmosFeedLags,
    CosmosKept,
    CosmosLaneCatalogue,
    CosmosPages,
    CosmosPartitions,
    CosmosRows,
    CosmosSagaCounts,
    CosmosSweep,
    many_written,
    rows_written,
)
from shared.eventhubs import Client, Sender
from shared.kernel import Saga
from shared.lifetime import close_with_loop
from shared.observer import SILENT, Observer
from shared.pipeline import (
    Advance,
    Audit,
    Brake,
    CloudEvents,
    Consumer,
    Decision,
    Engine,
    EventCodec,
    Freshness,
    Held,
    Inbox,
    KnownGenerations,
    LagTold,
    LagWatch,
    Lanes,
    Ledgers,
    ListedGenerations,
    Outside,
    ParkedKeys,
    Patience,
    PatientBuckets,
    PatientDue,
    PatientEvents,
    PatientMany,
    PatientPages,
    PatientRows,
    Pipeline,
    Publish,
    Republish,
    Room,
    Sagas,
    Standing,
    Suspects,
    Timers,
    Totals,
    Transactor,
    Views,
    Whys,
)
from shared.ports import Reader
from shared.settings import HUBS_CONNECTION, Settings
from shared.subscriptions import FEEDS, FULFILMENT, HUBS, KEPT, ORDERS, PUBLISHING, SAGA_ITEMS, feeds_of, handing_on
from shared.telemetry import observer as listening

LEASES = "leases"
POISON = "poison"
# The function, and what it keeps beside the leases.
MEASURE_LAG = "measure_lag"
# Of the sandbox providers.
BOOKS = ("stock", "payments", "shipments")

# Somewhat more than a page of a feed, and what is left of it while the store throttles.
ROWS_AT_ONCE, ROWS_AT_LEAST = 128, 32


def _now() -> datetime:
    return datetime.now(UTC)


type OrderStream = Decision[Order | None, OrderEvent]


@dataclass(frozen=True, slots=True)
class App:
    """Everything the doors need, already wired."""

    settings: Settings
    account: Account
    orders: Transactor[Order | None, OrderCommand, OrderEvent]
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
    account = Account(settings.cosmos, observer)
    feed = account.container(settings.database, ORDERS)
    codec: EventCodec[Any] = EventCodec(*ORDER_EVENTS, versions=ORDER_VERSIONS)
    patience = Patience(monotonic)
    stored = CosmosRows(account, settings.database)
    poison = account.container(settings.database, POISON)
    events = PatientEvents(CosmosEventStore(feed), patience)
    each = rows_written(stored, settings.writes)
    for_each, many = _for_each(settings, patience), many_written(each)
    rows, buckets = PatientRows(each, for_each), PatientBuckets(CosmosBuckets(stored, each), for_each)
    generations = KnownGenerations(ListedGenerations(rows), monotonic)
    lanes = Lanes(rows, nonce=lambda: uuid4().hex, now=_now)
    catalogue = CosmosLaneCatalogue(poison)
    orders = Transactor(order, codec, events, now=_now, observer=observer)
    sagas = Sagas(
        _definitions(settings),
        orders,
        rows,
        Outside(outside.gateways_of(settings, orders, rows, buckets, observer).perform, Record),
        now=_now,
        nonce=lambda: uuid4().hex,
        observer=observer,
    )
    hub = Client(settings.eventhubs, ORDER_PUBLICATION.hub) if settings.eventhubs else None
    sweep, sender = CosmosSweep(account, settings.database), Sender(hub) if hub else None
    partitions = CosmosPartitions(account, settings.database)
    inbox = Inbox(orders, Held(buckets, rows, partitions))
    engine = Engine(
        codec,
        events,
        rows,
        lanes,
        Brake(monotonic),
        Ledgers(buckets),
        sagas={sagas.name: sagas},
        many=PatientMany(many, for_each) if many else None,
        observer=observer,
        outlets=outside.outlets_of(settings, sender, rows, observer),
        inboxes={receiver.name: inbox for receiver in HUBS.values()},
        generations=generations,
    )
    leases = account.container(settings.lease_database, LEASES)
    consumers: tuple[Consumer, ...] = (*chain.from_iterable(feeds_of(settings).values()), *HUBS.values())
    lags = CosmosFeedLags(
        leases,
        {name: account.container(settings.database, name) for name in FEEDS},
        settings.lease_expires_after,
        _now,
    )
    watch = LagWatch(
        lags,
        _readers(settings),
        CosmosKept(leases, MEASURE_LAG),
        catalogue,
        now=_now,
        since=_now(),
        meter=LagTold(observer, frozenset({PUBLISHING.name})),
    )
    freshness = Freshness(lags, monotonic, is_off=settings.switched_off.__contains__)
    return App(
        settings=settings,
        account=account,
        orders=orders,
        views=Views(PatientPages(CosmosPages(account, settings.database), patience), generations),
        pipeline=Pipeline(
            engine,
            Suspects(rows, monotonic, settings.max_batch_seconds),
            max_seconds=settings.max_batch_seconds,
        ),
        parked=ParkedKeys(engine, {each.name: each for each in consumers}, catalogue),
        watch=watch,
        totals=Totals(buckets, catalogue),
        audit=Audit(codec, sweep, ORDERS),
        freshness=freshness,
        sagas=sagas,
        timers=Timers(
            sagas,
            PatientDue(CosmosDue(account, settings.database), patience),
            lanes,
            engine.brake,
            Advance(FULFILMENT).name,
        ),
        standing=Standing(
            observer,
            catalogue,
            CosmosSagaCounts(account, settings.database),
            [each.name for each in consumers],
            _now,
        ),
        whys=Whys(codec, partitions, rows, KEPT, handing_on(settings), watch.last, generations),
        warehouse=Warehouse(buckets),
        books=Books(buckets, partitions),
        hub=hub,
        republish=Republish(
            codec,
            sweep,
            Publish(CloudEvents(ORDER_PUBLICATION, is_replay=True), sender),
            catalogue,
            PUBLISHING.name,
            freshness,
        )
        if sender
        else None,
    )


def _for_each(settings: Settings, patience: Patience) -> Patience:
    """What goes in bulk waits for company, so that being slow says nothing about how busy the store is."""
    if settings.writes == "points":
        return patience
    return Patience(monotonic, room=Room(most=ROWS_AT_ONCE, least=ROWS_AT_LEAST, limit=ROWS_AT_ONCE, slow=inf))


def _readers(settings: Settings) -> tuple[Reader, ...]:
    return tuple(
        Reader(reader.name, container, off=reader.name in settings.switched_off)
        for container, readers in feeds_of(settings).items()
        for reader in readers
    )


def _definitions(settings: Settings) -> tuple[Saga[Any, Any], ...]:
    within = settings.saga_step_within
    return tuple(saga.hurried(within) if within else saga for saga in SAGAS)


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
