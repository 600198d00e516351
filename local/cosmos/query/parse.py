"""Query text to tree, within the limits of the language."""

from local.cosmos.query import walk
from local.cosmos.query.errors import QueryError
from local.cosmos.query.syntax import Select

# "query text 256 KB" (documentation page "Service quotas and limits").
MAX_TEXT = 262_144


def parse(text: str) -> Select:
    """Raises QueryError for whatever is not a query, or is longer than 256 KB, or nested deeper than 128 levels."""
    from local.cosmos.query import grammar  # noqa: PLC0415 - a start without queries does not wait for lark

    if len(text) > MAX_TEXT:
        raise QueryError(f"The SQL query text exceeded the maximum limit of {MAX_TEXT} characters.", code="SC1001")
    select = grammar.read(text)
    walk.check_depth(select)
    return select
