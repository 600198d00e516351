"""To come."""

from local.cosmos.query.functions.function import Function

FUNCTIONS: tuple[Function, ...] = ()
