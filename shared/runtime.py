"""The composition root: settings → account → stores → engine, once per worker and on first use."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from time import monotonic
from typing import Any
from uuid import uuid4

from orders.commands import OrderCommand
from orders.decider import order
from orders.events import ORDER_EVENTS, OrderEvent
from orders.order import Order
from projections import PROJECTIONS, TALLIES
from shared.cosmos import (
    Account,
    CosmosBuckets,
    CosmosEventStore,
    CosmosFeedLags,
    CosmosLaneCatalogue,
    CosmosPages,
    CosmosRows,
    CosmosSweep,
)
from shared.pipeline import (
    Audit,
    Brake,
    Consumer,
    Count,
    Decision,
    Engine,
    EventCodec,
    Freshness,
    Lanes,
    Ledgers,
    ParkedKeys,
    Patience,
    PatientBuckets,
    PatientEvents,
    PatientPages,
    PatientRows,
    Pipeline,
    Project,
    Suspects,
    Totals,
    Transactor,
)
from shared.ports import FeedLag, FeedLags, PageStore
from shared.settings import Settings

ORDERS = "orders"
LEASES = "leases"
POISON = "poison"

# Every reader of the orders feed, each with a function, a lease prefix and a place of its own.
CONSUMERS: tuple[Consumer, ...] = (
    *(Project(projection) for projection in PROJECTIONS),
    *(Count(tally) for tally in TALLIES),
)


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

    async def all_lags(self) -> list[FeedLag]:
        names = [consumer.name for consumer in CONSUMERS]
        return [FeedLag.of(name, ORDERS, await self.lags.positions(name, ORDERS)) for name in names]

    async def missing(self) -> list[str]:
        """Why the app is not ready; nothing when it is."""
        views = [*(view.container for view in PROJECTIONS), *(tally.container for tally in TALLIES)]
        return [
            *await self.account.missing(self.settings.database, ORDERS, POISON, *views),
            *await self.account.missing(self.settings.lease_database, LEASES),
        ]


def compose(settings: Settings) -> App:
    account = Account(settings.cosmos)
    feed = account.container(settings.database, ORDERS)
    codec: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
    patience = Patience(monotonic)
    stored = CosmosRows(account, settings.database)
    poison = account.container(settings.database, POISON)
    events, rows = PatientEvents(CosmosEventStore(feed), patience), PatientRows(stored, patience)
    lanes = Lanes(rows, nonce=lambda: uuid4().hex, now=_now)
    buckets, catalogue = PatientBuckets(CosmosBuckets(stored), patience), CosmosLaneCatalogue(poison)
    engine = Engine(codec, events, rows, lanes, Brake(monotonic), Ledgers(buckets))
    lags = CosmosFeedLags(
        account.container(settings.lease_database, LEASES), {ORDERS: feed}, settings.lease_expires_after, _now
    )
    return App(
        settings=settings,
        account=account,
        orders=Transactor(order, codec, events, now=_now),
        pages=PatientPages(CosmosPages(account, settings.database), patience),
        pipeline=Pipeline(
            engine,
            Suspects(rows, monotonic, settings.max_batch_seconds),
            max_seconds=settings.max_batch_seconds,
        ),
        parked=ParkedKeys(engine, {each.name: each for each in CONSUMERS}, catalogue),
        lags=lags,
        totals=Totals(buckets, catalogue),
        audit=Audit(codec, CosmosSweep(account, settings.database), ORDERS),
        freshness=Freshness(lags, monotonic, is_off=settings.switched_off.__contains__),
    )


def _now() -> datetime:
    return datetime.now(UTC)


@cache
def app() -> App:
    """The app of this worker. The SDK's client belongs to the loop it first runs in, which a worker has one of."""
    composed = compose(Settings.read(os.environ))
    composed.account.close_with_loop()
    return composed


def pipeline() -> Pipeline:
    return app().pipeline
