"""One query's look at one scope: the living items it has to see, and the rows each gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
    """`asked` is None when every item is wanted as it is."""

    account: Account
    container: Container
    scope: Scope
    asked: Question | None

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
        number, scope, store = self.container.number, self.scope, self.account.store
        if scope.point is None:
            after = (place.epk, place.name) if place.epk >= scope.low else (b"", "")
            return store.records.span(number, scope.low, scope.high, after)
        name = None if self.asked is None else self.asked.query.equal_to(("id",), self.asked.parameters)
        if isinstance(name, str):
            record = store.find(number, scope.point, name)
            return () if record is None or 0 < record.seq <= place.seq else (record,)
        return store.records.partition(number, scope.point, place.seq)
