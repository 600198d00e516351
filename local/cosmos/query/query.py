"""A compiled query: its answer over given documents, and what a server needs to know about it beforehand."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from local.cosmos.query import counts, lookup, plan, walk
from local.cosmos.query.errors import QueryError
from local.cosmos.query.groups import is_grouped
from local.cosmos.query.parse import parse
from local.cosmos.query.paths import OrderBy, document_path
from local.cosmos.query.scope import Document, Run
from local.cosmos.query.select import compile_query_rows
from local.cosmos.query.syntax import Page, Parameter, Select
from local.cosmos.query.values import is_within


class Query:
    """One query text, parsed and compiled; holds no state of any execution, so one serves all."""

    __slots__ = ("_rows", "merge_refusal", "needs_merge", "order_by", "parameters", "select", "text")

    def __init__(self, text: str) -> None:
        """Raises QueryError for what is no query, or one beyond what is supported."""
        self.text = text
        select = self.select = parse(text)
        self._rows = compile_query_rows(select)
        self.parameters = frozenset(part.name for part in walk.everything(select) if isinstance(part, Parameter))
        grouped = is_grouped(select)
        self.order_by = () if grouped else tuple(_sorted_paths(select))
        self.needs_merge = bool(grouped or select.distinct or select.order_by or select.top or select.page)
        self.merge_refusal = plan.refusal(select)

    def execute(
        self, documents: Iterable[Document], parameters: Mapping[str, object], *, now: datetime
    ) -> Iterator[object]:
        """The results over `documents`, lazily unless there is sorting or grouping to do.

        `documents` are read at most once; ties of ORDER BY keep their order. `parameters` are named with their @, as on
        the wire. Raises QueryError for a parameter that is not given or a count that is none, at once; a scalar
        subquery with two results raises it while the results are read.
        """
        self._check(parameters)
        return self._rows((Run(documents, parameters, now),))

    def plan(self, parameters: Mapping[str, object] | None = None) -> dict[str, object]:
        """The body of a query plan without its `queryRanges`; `parameters` are needed only for TOP, OFFSET, LIMIT."""
        return plan.make_plan(self.select, parameters or {})

    def equal_to(self, path: tuple[str, ...], parameters: Mapping[str, object]) -> object:
        """The value that every document must have at `path` to be found, or UNSET if the filter does not say."""
        return lookup.equal_to(self.select, path, parameters)

    def _check(self, parameters: Mapping[str, object]) -> None:
        if not self.parameters <= parameters.keys():
            name = min(self.parameters - parameters.keys())
            raise QueryError(f"The query uses the parameter '{name}', which is not given.")
        for name in self.parameters:
            if not is_within(parameters[name], walk.MAX_DEPTH):
                raise QueryError(f"The parameter '{name}' is nested deeper than {walk.MAX_DEPTH} levels.")
        if self.select.top is not None:
            counts.resolve("TOP", self.select.top, parameters)
        match self.select.page:
            case Page(offset, limit):
                counts.resolve("OFFSET", offset, parameters)
                counts.resolve("LIMIT", limit, parameters)
            case None:
                return


def _sorted_paths(select: Select) -> Iterator[OrderBy]:
    for order in select.order_by:
        path = document_path(order.expression, select)
        if path is not None:
            yield OrderBy(path, order.descending)


@lru_cache(maxsize=1024)
def compile_query(text: str) -> Query:
    """The query of a text; raises QueryError, whose message goes into the server's 400."""
    return Query(text)
