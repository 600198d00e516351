"""The query language as the rest of the server sees it."""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol, cast

from local.cosmos.errors import bad_request

type Path = tuple[str, ...]


class Query(Protocol):
    """One compiled query."""

    @property
    def needs_merge(self) -> bool: ...

    @property
    def order_by(self) -> tuple[tuple[Path, bool], ...]: ...

    def execute(
        self, documents: Iterable[dict[str, object]], parameters: Mapping[str, object], *, now: datetime
    ) -> Iterator[object]: ...

    def plan(self) -> dict[str, object]: ...

    def equal_to(self, path: Path, parameters: Mapping[str, object]) -> object: ...


def compile_query(text: str) -> Query:
    """Raises CosmosError 400 for text that is not a query."""
    language = importlib.import_module("local.cosmos.query")
    try:
        return cast("Query", language.compile_query(text))
    except language.QueryError as problem:
        raise bad_request(problem.message) from problem
