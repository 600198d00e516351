"""Who reads what: every consumer by the feed or hub it reads, each with a function and a place of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime

from gateways import payments, scans, shipping, stock
from projections import NEXT, PROJECTIONS, TALLIES
from sagas import SAGAS
from shared import outside
from shared.pipeline import Advance, Consumer, Count, Dispatch, Kept, Project, Receive
from shared.settings import Settings
from shared.why import HandedOn

ORDERS, PUBLISHING, NOTIFYING = outside.ORDERS, outside.PUBLISHING, outside.NOTIFYING
SAGA_ITEMS = "sagas"
FULFILMENT = SAGAS[-1].name


def _now() -> datetime:
    return datetime.now(UTC)


# Every reader of a feed, by the container it reads, each with a function, a lease prefix and a place of its own.
FEEDS: Mapping[str, tuple[Consumer, ...]] = {
    ORDERS: (
        *(Project(view, versions=tuple(each for each in NEXT if each.name == view.name)) for view in PROJECTIONS),
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
# Where the documents of an order are, beside its own partition.
KEPT = Kept(
    whole=(SAGA_ITEMS, payments.PAYMENTS, shipping.SHIPMENTS),
    views=PROJECTIONS,
    tallies=TALLIES,
    consumers=(*CONSUMERS, *HUBS.values()),
    points=stock.holds_of,
)


def feeds_of(settings: Settings) -> Mapping[str, tuple[Consumer, ...]]:
    """The readers that have all they need. A trigger whose far side is unknown would fail for ever.

    What comes in later begins with the first event there is, so nothing is lost meanwhile.
    """
    off = (*(() if settings.eventhubs else (PUBLISHING,)), *(() if settings.notices else (NOTIFYING,)))
    return {container: tuple(each for each in readers if each not in off) for container, readers in FEEDS.items()}


def handing_on(settings: Settings) -> tuple[HandedOn, ...]:
    """Those that pass events on and keep no row of it."""
    readers = feeds_of(settings)[ORDERS]
    passing = (HandedOn(PUBLISHING.name), HandedOn(NOTIFYING.name, NOTIFYING.only, to_customers=True))
    return tuple(each for each in passing if each.consumer in {reader.name for reader in readers})
