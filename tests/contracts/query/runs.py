"""One way to ask the engine, for all tests of it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from local.cosmos.query import compile_query

NOW = datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)

type Document = dict[str, object]


def ask(text: str, documents: Iterable[Document] = (), parameters: Mapping[str, object] | None = None) -> list[object]:
    """All results of a query, run at NOW."""
    return list(compile_query(text).execute(documents, parameters or {}, now=NOW))


def worth(expression: str, document: Document | None = None, parameters: Mapping[str, object] | None = None) -> object:
    """What an expression is worth for one document, `...` standing for undefined."""
    values = ask(f"SELECT VALUE {expression} FROM c", [document or {}], parameters)
    return values[0] if values else ...
