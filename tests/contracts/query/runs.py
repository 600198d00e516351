"""One way to ask the engine, for all tests of it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from hypothesis import settings

from local.cosmos.query import compile_query

NOW = datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)

# The first query builds the grammar, and a laptop under load has other things to do: time is not what laws are about.
law = settings(deadline=None, max_examples=50)

type Document = dict[str, object]


def ask(text: str, documents: Iterable[Document] = (), parameters: Mapping[str, object] | None = None) -> list[object]:
    """All results of a query, run at NOW."""
    return list(compile_query(text).execute(documents, parameters or {}, now=NOW))


def worth(expression: str, document: Document | None = None, parameters: Mapping[str, object] | None = None) -> object:
    """What an expression is worth for one document, `...` standing for undefined."""
    text = f"SELECT VALUE {expression} FROM c"  # noqa: S608 - the engine under test is the only reader
    values = ask(text, [document or {}], parameters)
    return values[0] if values else ...
