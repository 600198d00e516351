"""The query language of Azure Cosmos DB for NoSQL over plain documents: text in, values out, nothing else touched."""

from local.cosmos.query.computed import computed_property, computing
from local.cosmos.query.errors import QueryError
from local.cosmos.query.paths import OrderBy
from local.cosmos.query.query import Query, compile_query
from local.cosmos.query.values import UNDEFINED, UNSET

__all__ = ["UNDEFINED", "UNSET", "OrderBy", "Query", "QueryError", "compile_query", "computed_property", "computing"]
