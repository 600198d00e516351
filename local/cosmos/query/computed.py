"""Properties a container computes from its documents, read like stored ones (page "Computed properties")."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import override

from local.cosmos.query import walk
from local.cosmos.query.errors import QueryError
from local.cosmos.query.groups import is_grouped
from local.cosmos.query.query import Query, compile_query
from local.cosmos.query.scope import Document
from local.cosmos.query.syntax import Call, From, Parameter, Path, Select, Subquery, ValueOf


class Computing(dict[str, object]):
    """A document that answers for its computed properties by name and does not list them, as `SELECT *` wants it."""

    __slots__ = ("_now", "_properties")

    def __init__(self, document: Document, properties: Mapping[str, Query], now: datetime) -> None:
        super().__init__(document)
        self._properties = properties
        self._now = now

    @override
    def get(self, key: str, default: object = None, /) -> object:
        """The computed property goes before a stored one of the same name."""
        query = self._properties.get(key)
        if query is None:
            return super().get(key, default)
        # The definition sees the stored properties only, or two of them could go in circles.
        return next(query.execute((dict(self),), {}, now=self._now), default)


def computing(documents: Iterable[Document], properties: Mapping[str, Query], *, now: datetime) -> Iterator[Document]:
    """The documents for `Query.execute`, with `properties` by their names."""
    return (Computing(document, properties, now) for document in documents)


def computed_property(text: str) -> Query:
    """The definition of a computed property; raises QueryError for a query that may not be one."""
    query = compile_query(text)
    if _refused(query.select):
        raise QueryError(
            "A computed property must be a SELECT VALUE over the root, without other clauses, subqueries, aggregates, "
            "parameters, spatial functions and functions of the current time."
        )
    return query


def _refused(select: Select) -> bool:
    match select:
        case Select(selection=ValueOf(), distinct=False, top=None, inputs=(From(Path(keys=()), each=False),)):
            clauses = (select.where, select.group_by, select.order_by, select.page)
            parts = walk.everything(select)
            return any(clauses) or is_grouped(select) or any(map(_is_refused_part, parts))
        case _:
            return True


def _is_refused_part(part: object) -> bool:
    match part:
        case Subquery() | Parameter():
            return True
        case Call(name):
            return name.startswith(("GETCURRENT", "ST_"))
        case _:
            return False
