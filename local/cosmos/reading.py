"""One query's look at one scope: the living items it has to see, and the rows each gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge

import orjson

from local.cosmos.account import Account
from local.cosmos.container import Container
from local.cosmos.continuation import START, Place
from local.cosmos.items import Document
from local.cosmos.language import computing
from local.cosmos.query_request import Question
from local.cosmos.records import Record
from local.cosmos.scopes import Scope


@dataclass(frozen=True, slots=True)
class Reading:
    """`asked` is None when every item is wanted as it is; a `stale` one misses each item's last change."""

    account: Account
    container: Container
    scope: Scope
    asked: Question | None
    stale: bool = False

    def records(self, place: Place = START) -> Iterator[Record]:
        """What lives after the place: by age in one partition, by (effective key, id) in a span."""
        now = int(self.account.clock.seconds())
        for record in self._stored(place):
            if record.expires is None or record.expires > now:
                yield record

    def rows(self, record: Record) -> list[bytes]:
        """The query's rows for this item alone; only for queries that need no merge."""
        if self.asked is None:
            return [record.body]
        document = orjson.loads(record.body)
        found = self.execute((document,), self.asked)
        return [record.body if row is document else orjson.dumps(row) for row in found]

    def execute(self, documents: Iterable[Document], asked: Question) -> Iterator[object]:
        now = self.account.clock.moment()
        if self.container.computed:
            documents = computing(documents, self.container.computed, now=now)
        return asked.query.execute(documents, asked.parameters, now=now)

    def _stored(self, place: Place) -> Iterable[Record]:
        return self._before_the_last_change(place) if self.stale else self._current(place)

    def _before_the_last_change(self, place: Place) -> Iterator[Record]:
        """What was created last is not there yet, and what was deleted last still is."""
        store, number = self.account.store, self.container.number
        here = (record for record in store.erased(number) if self.scope.holds(record.epk))
        ahead = (record for record in here if self._order(record) > self._order(place))
        for record in merge(self._current(place), sorted(ahead, key=self._order), key=self._order):
            before = store.find_previous(number, record.epk, record.id)
            if before is not None:
                yield before

    def _order(self, record: Record | Place) -> tuple[bytes, str, int]:
        if self.scope.point is not None:
            return b"", "", record.seq
        return record.epk, record.name if isinstance(record, Place) else record.id, 0

    def _current(self, place: Place) -> Iterable[Record]:
        number, scope, store = self.container.number, self.scope, self.account.store
        if scope.point is None:
            after = (place.epk, place.name) if place.epk >= scope.low else (b"", "")
            return store.records.span(number, scope.low, scope.high, after)
        name = None if self.asked is None else self.asked.query.equal_to(("id",), self.asked.parameters)
        if isinstance(name, str) and not self.stale:
            record = store.find(number, scope.point, name)
            return () if record is None or 0 < record.seq <= place.seq else (record,)
        return store.records.partition(number, scope.point, place.seq)
