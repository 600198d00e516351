"""The query language as the rest of the server sees it: what is wrong with a query is a 400."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.cosmos.errors import bad_request
from local.cosmos.query import Query, QueryError, compile_query, computing

__all__ = ["Query", "compile_query", "computing", "refusing"]


@contextmanager
def refusing() -> Iterator[None]:
    """Compiling and running a query inside may raise CosmosError 400."""
    try:
        yield
    except QueryError as problem:
        raise bad_request(problem.message) from problem
