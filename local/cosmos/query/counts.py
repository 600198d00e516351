"""The numbers of TOP, OFFSET and LIMIT, written out or given as parameters."""

from collections.abc import Mapping

from local.cosmos.query.errors import QueryError
from local.cosmos.query.syntax import Count, Literal

# Where Microsoft's planner stops (QueryPlanBaselineTests.OffsetLimit.xml and .Top.xml).
MOST = 2**32 - 1
_CODES = {"TOP": "SC2060", "LIMIT": "SC2061", "OFFSET": "SC2062"}


def resolve(clause: str, count: Count, parameters: Mapping[str, object]) -> int:
    """Raises QueryError for anything but an integer from 0 to 2**32 - 1."""
    value = count.value if isinstance(count, Literal) else parameters.get(count.name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise QueryError(f"The count value provided for a {clause} clause must be an integer.", code=_CODES[clause])
    if value > MOST:
        raise QueryError(f"The {clause} count value exceeds the maximum allowed value.", code=_CODES[clause])
    return value
