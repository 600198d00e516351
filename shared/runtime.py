"""The composition root: settings → account → stores → engine, once per worker and on first use."""

import os
from asyncio import Task
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from math import inf
from time import monotonic
from typing import Any
from uuid import uuid4

from gateways import Books, Warehouse, scans
from orders.commands import OrderCommand, Record
from orders.decider import order
from orders.events import ORDER_EVENTS, OrderEvent
from orders.order import Order
from orders.publication import ORDER_PUBLICATION
from projections import PROJECTIONS, TALLIES
from sagas import SAGAS
from shared import outside
from shared.cosmos import (
    Account,
    CosmosBuckets,
    CosmosDue,
    CosmosEventStore,
    CosmosFeedLags,
    CosmosLaneCatalogue,
    CosmosPages,
    CosmosPartitions,
    CosmosRows,
    CosmosSweep,
    rows_written,
)
from shared.eventhubs import Client, Sender
from shared.kernel import Saga
from shared.lifetime import close_with_loop
from shared.pipeline import (
    Advance,
    Audit,
    Brake,
    CloudEvents,
    Consumer,
    Count,
    Decision,
    Dispatch,
    Engine,
    EventCodec,
    Freshness,
    Held,
    Inbox,
    Lanes,
    Ledgers,
    Outside,
    ParkedKeys,
    Patience,
    PatientBuckets,
    PatientDue,
    PatientEvents,
    PatientPages,
    PatientRows,
    Pipeline,
    Project,
    Publish,
    Receive,
    Republish,
    Room,
    Sagas,
    Suspects,
    Timers,
    Totals,
    Transactor,
)
from shared.ports import FeedLag, FeedLags, PageStore
from shared.settings import HUBS_CONNECTION, Settings

ORDERS, PUBLISHING, NOTIFYING = outside.ORDERS, outside.PUBLISHING, outside.NOTIFYING
LEASES = "leases"
POISON = "poison"
# Of the sandbox providers.
BOOKS = ("stock", "payments", "shipments")

# Somewhat more than a page of a feed, and what is left of it while the store throttles.
ROWS_AT_ONCE, ROWS_AT_LEAST = 128, 32

SAGA_ITEMS = "sagas"
FULFILMENT = SAGAS[-1].name


def _now() -> datetime:
    return datetime.now(UTC)


# Every reader of a feed, by the container it reads, each with a function, a lease prefix and a place of its own.
FEEDS: Mapping[str, tuple[Consumer, ...]] = {
    ORDERS: (
        *(Project(projection) for projection in PROJECTIONS),
        *(Count(tally) for tally in TALLIES),
        Advance(FULFILMENT),
        PUBLISHING,
        NOTIFYING,
    ),
    SAGA_ITEMS: (Dispatch(FULFILMENT, _now),),
}
# Whoever takes the messages of a hub, by that hub.
HUBS: Mapping[str, Receive] = {scans.HUB: Receive(scans.RECEIVER, scans.scan, scans.refused)}
CONSUMERS: tuple[Consumer, ...] = tuple(consumer for readers in FEEDS.values() for consumer in readers)


def feeds_of(settings: Settings) -> Mapping[str, tuple[Consumer, ...]]:
    """The readers that have all they need. A trigger whose far side is unknown would fail for ever.

    What comes in later begins with the first event there is, so nothing is lost meanwhile.
    """
    off = (*(() if settings.eventhubs else (PUBLISHING,)), *(() if settings.notices else (NOTIFYING,)))
    return {container: tuple(each for each in readers if each not in off) for container, readers in FEEDS.items()}


type OrderStream = Decision[Order | None, OrderEvent]


@dataclass(frozen=True, slots=True)
class App:
    """Everything the doors need, already wired."""

    settings: Settings
    account: Account
    orders: Transactor[Order | None, OrderCommand, OrderEvent]
    pages: PageStore
    pipeline: Pipeline
    parked: ParkedKeys
    lags: FeedLags
    freshness: Freshness
    totals: Totals
    audit: Audit
    sagas: Sagas
    timers: Timers
    warehouse: Warehouse
    books: Books
    hub: Client | None = None
    republish: Republish | None = None

    async def close(self) -> None:
        """Every connection that it has opened."""
        if self.hub:
            await self.hub.close()
        await self.account.close()

    async def all_lags(self) -> list[FeedLag]:
        return [
            FeedLag.of(
                reader.name,
                container,
                await self.lags.positions(reader.name, container),
                off=reader.name in self.settings.switched_off,
            )
            for container, readers in feeds_of(self.settings).items()
            for reader in readers
        ]

    @property
    def off(self) -> list[str]:
        """What the settings leave out; the rest is none the worse for it."""
        hubs = f"{HUBS_CONNECTION} is not set: nothing is published to Event Hubs or received"
        notices = "NOTIFY is not set: no customer is told anything"
        return [*([] if self.settings.eventhubs else [hubs]), *([] if self.settings.notices else [notices])]

    async def missing(self) -> list[str]:
        """Why the app is not ready; nothing when it is."""
        views = [*(view.container for view in PROJECTIONS), *(tally.container for tally in TALLIES)]
        return [
            *await self.account.missing(self.settings.database, ORDERS, POISON, SAGA_ITEMS, *BOOKS, *views),
            *await self.account.missing(self.settings.lease_database, LEASES),
        ]


def compose(settings: Settings) -> App:
    account = Account(settings.cosmos)
    feed = account.container(settings.database, ORDERS)
    codec: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
    patience = Patience(monotonic)
    stored = CosmosRows(account, settings.database)
    poison = account.container(settings.database, POISON)
    events = PatientEvents(CosmosEventStore(feed), patience)
    each = rows_written(stored, settings.writes)
    for_each = _for_each(settings, patience)
    rows, buckets = PatientRows(each, for_each), PatientBuckets(CosmosBuckets(stored, each), for_each)
    lanes = Lanes(rows, nonce=lambda: uuid4().hex, now=_now)
    catalogue = CosmosLaneCatalogue(poison)
    orders = Transactor(order, codec, events, now=_now)
    sagas = Sagas(
        _definitions(settings),
        orders,
        rows,
        Outside(outside.gateways_of(settings, orders, rows, buckets).perform, Record),
        now=_now,
        nonce=lambda: uuid4().hex,
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
        outlets=outside.outlets_of(settings, sender, rows),
        inboxes={receiver.name: inbox for receiver in HUBS.values()},
    )
    lags = CosmosFeedLags(
        account.container(settings.lease_database, LEASES),
        {name: account.container(settings.database, name) for name in FEEDS},
        settings.lease_expires_after,
        _now,
    )
    return App(
        settings=settings,
        account=account,
        orders=orders,
        pages=PatientPages(CosmosPages(account, settings.database), patience),
        pipeline=Pipeline(
            engine,
            Suspects(rows, monotonic, settings.max_batch_seconds),
            max_seconds=settings.max_batch_seconds,
        ),
        parked=ParkedKeys(
            engine, {each.name: each for each in chain(*feeds_of(settings).values(), HUBS.values())}, catalogue
        ),
        lags=lags,
        totals=Totals(buckets, catalogue),
        audit=Audit(codec, sweep, ORDERS),
        freshness=Freshness(lags, monotonic, is_off=settings.switched_off.__contains__),
        sagas=sagas,
        timers=Timers(
            sagas, PatientDue(CosmosDue(account, settings.database), patience), lanes, Advance(FULFILMENT).name
        ),
        warehouse=Warehouse(buckets),
        books=Books(buckets, partitions),
        hub=hub,
        republish=Republish(
            codec,
            sweep,
            Publish(CloudEvents(ORDER_PUBLICATION, is_replay=True), sender),
            catalogue,
            PUBLISHING.name,
        )
        if sender
        else None,
    )


def _for_each(settings: Settings, patience: Patience) -> Patience:
    """What goes in bulk waits for company, so that being slow says nothing about how busy the store is."""
    if settings.writes == "points":
        return patience
    return Patience(monotonic, room=Room(most=ROWS_AT_ONCE, least=ROWS_AT_LEAST, limit=ROWS_AT_ONCE, slow=inf))


def _definitions(settings: Settings) -> tuple[Saga[Any, Any], ...]:
    within = settings.saga_step_within
    return tuple(saga.hurried(within) if within else saga for saga in SAGAS)


# A loop forgets tasks that nobody keeps.
_CLOSING: set[Task[None]] = set()


@cache
def app() -> App:
    """The app of this worker. The SDKs' clients belong to the loop they first run in, which a worker has one of."""
    composed = compose(Settings.read(os.environ))
    _CLOSING.add(close_with_loop(composed.close))
    return composed


def pipeline() -> Pipeline:
    return app().pipeline
