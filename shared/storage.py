"""Storage, put together once: the account behind the ports that the engine asks for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from time import monotonic
from typing import Final
from uuid import uuid4

from shared.cosmos import (
    Account,
    CosmosBuckets,
    CosmosEventStore,
    CosmosLaneCatalogue,
    CosmosPartitions,
    CosmosRows,
    CosmosSweep,
    many_written,
    rows_written,
)
from shared.observer import Observer
from shared.pipeline import (
    KnownGenerations,
    Lanes,
    ListedGenerations,
    Patience,
    PatientBuckets,
    PatientEvents,
    PatientMany,
    PatientRows,
    Room,
)
from shared.settings import Settings
from shared.subscriptions import ORDERS

LEASES: Final = "leases"
POISON: Final = "poison"

# Somewhat more than a page of a feed, and what is left of it while the store throttles.
ROWS_AT_ONCE, ROWS_AT_LEAST = 128, 32


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Storage:
    """`many` is there where rows may go in bulk. What is patient waits out what passes, within its call's time."""

    account: Account
    patience: Patience
    events: PatientEvents
    rows: PatientRows
    buckets: PatientBuckets
    many: PatientMany | None
    lanes: Lanes
    generations: KnownGenerations
    catalogue: CosmosLaneCatalogue
    partitions: CosmosPartitions
    sweep: CosmosSweep


def storage(settings: Settings, observer: Observer) -> Storage:
    account, database = Account(settings.cosmos, observer), settings.database
    patience, stored = Patience(monotonic), CosmosRows(account, database)
    each, for_each = rows_written(stored, settings.writes), _for_each(settings, patience)
    rows, many = PatientRows(each, for_each), many_written(each)
    return Storage(
        account,
        patience,
        PatientEvents(CosmosEventStore(account.container(database, ORDERS)), patience),
        rows,
        PatientBuckets(CosmosBuckets(stored, each), for_each),
        PatientMany(many, for_each) if many else None,
        Lanes(rows, nonce=lambda: uuid4().hex, now=now),
        KnownGenerations(ListedGenerations(rows), monotonic),
        CosmosLaneCatalogue(account.container(database, POISON)),
        CosmosPartitions(account, database),
        CosmosSweep(account, database),
    )


def _for_each(settings: Settings, patience: Patience) -> Patience:
    """What goes in bulk waits for company, so that being slow says nothing about how busy the store is."""
    if settings.writes == "points":
        return patience
    return Patience(monotonic, room=Room(most=ROWS_AT_ONCE, least=ROWS_AT_LEAST, limit=ROWS_AT_ONCE, slow=inf))
