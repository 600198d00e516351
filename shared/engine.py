"""The engine, put together out of storage and of what is outside."""

from itertools import chain
from time import monotonic
from typing import Any
from uuid import uuid4

from orders.commands import OrderCommand, Record
from orders.decider import order
from orders.events import ORDER_EVENTS, OrderEvent
from orders.order import Order
from orders.publication import ORDER_PUBLICATION
from orders.versions import ORDER_VERSIONS
from sagas import SAGAS
from shared import outside
from shared.eventhubs import Client, Sender
from shared.kernel import Saga
from shared.observer import Observer
from shared.pipeline import (
    Brake,
    CloudEvents,
    Consumer,
    Engine,
    EventCodec,
    Freshness,
    Held,
    Inbox,
    Ledgers,
    Outside,
    Publish,
    Republish,
    Sagas,
    Transactor,
)
from shared.settings import Settings
from shared.storage import Storage, now
from shared.subscriptions import HUBS, PUBLISHING, feeds_of

type Orders = Transactor[Order | None, OrderCommand, OrderEvent]

CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS, versions=ORDER_VERSIONS)


def orders_on(stored: Storage, observer: Observer) -> Orders:
    return Transactor(order, CODEC, stored.events, now=now, observer=observer)


def sagas_on(settings: Settings, stored: Storage, orders: Orders, observer: Observer) -> Sagas:
    providers = outside.gateways_of(settings, orders, stored.rows, stored.buckets, observer)
    return Sagas(
        _definitions(settings),
        orders,
        stored.rows,
        Outside(providers.perform, Record),
        now=now,
        nonce=lambda: uuid4().hex,
        observer=observer,
    )


def engine_on(
    settings: Settings, stored: Storage, orders: Orders, sagas: Sagas, *, hub: Client | None, observer: Observer
) -> Engine:
    inbox = Inbox(orders, Held(stored.buckets, stored.rows, stored.partitions))
    return Engine(
        CODEC,
        stored.events,
        stored.rows,
        stored.lanes,
        Brake(monotonic),
        Ledgers(stored.buckets),
        sagas={sagas.name: sagas},
        many=stored.many,
        observer=observer,
        outlets=outside.outlets_of(settings, Sender(hub) if hub else None, stored.rows, observer),
        inboxes={receiver.name: inbox for receiver in HUBS.values()},
        generations=stored.generations,
    )


def republish_on(stored: Storage, hub: Client, freshness: Freshness) -> Republish:
    """From history, and saying so."""
    outlet = Publish(CloudEvents(ORDER_PUBLICATION, is_replay=True), Sender(hub))
    return Republish(CODEC, stored.sweep, outlet, stored.catalogue, PUBLISHING.name, freshness)


def hub_of(settings: Settings) -> Client | None:
    return Client(settings.eventhubs, ORDER_PUBLICATION.hub) if settings.eventhubs else None


def consumers_of(settings: Settings) -> tuple[Consumer, ...]:
    return (*chain.from_iterable(feeds_of(settings).values()), *HUBS.values())


def _definitions(settings: Settings) -> tuple[Saga[Any, Any], ...]:
    within = settings.saga_step_within
    return tuple(saga.hurried(within) if within else saga for saga in SAGAS)
