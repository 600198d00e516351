"""Offers: the throughput of each container or database, as resources of their own."""

from dataclasses import dataclass, replace
from typing import Final

import orjson

from local.cosmos import rids, throughput
from local.cosmos.catalogue import Catalogue
from local.cosmos.container import Container, Database
from local.cosmos.errors import bad_request, not_found
from local.cosmos.items import Document
from local.cosmos.store import Store
from local.cosmos.throughput import Throughput

_KIND: Final = "offer"


@dataclass(frozen=True, slots=True)
class Offer:
    """What one resource is provisioned with."""

    number: int
    resource: str
    resource_rid: str
    throughput: Throughput
    etag: str
    ts: int

    @property
    def rid(self) -> str:
        return rids.offer_rid(self.number)

    def answer(self) -> Document:
        return {
            "id": self.rid,
            "_rid": self.rid,
            "_self": f"offers/{self.rid}/",
            "_etag": self.etag,
            "_ts": self.ts,
            "resource": self.resource,
            "offerResourceId": self.resource_rid,
            "offerType": "Invalid",
            "offerVersion": "V2",
            "content": self.throughput.content(),
        }


class Offers:
    """The only writer of offers."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self.load()

    def load(self) -> None:
        self._offers = {
            offer.rid: offer for offer in (_read(number, text) for number, _, text in self._store.resources(_KIND))
        }

    def every(self) -> list[Document]:
        return [offer.answer() for offer in self._offers.values()]

    def named(self, rid: str) -> Offer:
        found = self._offers.get(rid)
        if found is None:
            raise not_found()
        return found

    def of(self, owner: Container | Database) -> Throughput | None:
        found = (offer.throughput for offer in self._offers.values() if offer.resource_rid == owner.rid)
        return next(found, None)

    def provision(self, owner: Container | Database, wanted: Throughput) -> None:
        stamp = self._catalogue.stamp()
        number = self._store.next_number(_KIND)
        self._keep(Offer(number, owner.self_link, owner.rid, wanted, str(stamp["_etag"]), _seconds(stamp)))

    def change(self, rid: str, given: Document) -> Offer:
        """Replaces the throughput; manual and autoscale may be exchanged."""
        before = self.named(rid)
        if given.get("resource", before.resource) != before.resource:
            raise bad_request("An offer stays with its resource.")
        stamp = self._catalogue.stamp()
        wanted = throughput.of_offer(given.get("content"))
        after = replace(before, throughput=wanted, etag=str(stamp["_etag"]), ts=_seconds(stamp))
        self._keep(after)
        return after

    def drop(self, owner: Container | Database) -> None:
        for offer in [one for one in self._offers.values() if one.resource_rid == owner.rid]:
            self._store.forget(_KIND, offer.number)
            del self._offers[offer.rid]

    def _keep(self, offer: Offer) -> None:
        content = {
            "resource": offer.resource,
            "resource_rid": offer.resource_rid,
            "most": offer.throughput.most,
            "autoscale": offer.throughput.autoscale,
            "etag": offer.etag,
            "ts": offer.ts,
        }
        self._store.keep(_KIND, offer.number, 0, orjson.dumps(content).decode())
        self._offers[offer.rid] = offer


def _read(number: int, text: str) -> Offer:
    kept = orjson.loads(text)
    wanted = Throughput(kept["most"], autoscale=kept["autoscale"])
    return Offer(number, kept["resource"], kept["resource_rid"], wanted, kept["etag"], kept["ts"])


def _seconds(stamp: Document) -> int:
    ts = stamp["_ts"]
    return ts if isinstance(ts, int) else 0
