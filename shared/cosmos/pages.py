"""Pages and totals of a view: queries of one logical partition, each served by an index."""

from collections.abc import Sequence
from typing import Any

from azure.cosmos.aio import ContainerProxy

from shared.cosmos.account import Account
from shared.cosmos.failures import translated
from shared.ports import Item, Slice, Total


class CosmosPages:
    """A `PageStore` over all containers of one database."""

    def __init__(self, account: Account, database: str) -> None:
        self._account, self._database = account, database

    async def newest(self, container: str, partition: str, wanted: Slice) -> Sequence[Item]:
        query, values = _newest(wanted)
        parameters: list[dict[str, object]] = [{"name": f"@{name}", "value": value} for name, value in values.items()]
        rows: list[Item] = []
        # Not which partition: it may be a customer's.
        with translated(container):
            found = self._container(container).query_items(
                query, parameters=parameters, partition_key=partition, max_item_count=wanted.limit
            )
            async for row in found:
                rows.append(row)
                if len(rows) == wanted.limit:
                    break
        return rows

    async def total(self, container: str, partition: str, *, of: str) -> Total:
        amount = _path(of)
        query = f"SELECT COUNT(1) AS n, SUM({amount}) AS amount FROM c WHERE IS_DEFINED({amount})"  # noqa: S608 - a checked name  # nosec B608
        with translated(container):
            found = self._container(container).query_items(query, partition_key=partition)
            # A partition too large for one page of work gives partial sums (Azure/azure-cosmosdb-node#224).
            parts: list[dict[str, Any]] = [part async for part in found]
        return Total(sum(int(part["n"]) for part in parts), sum(int(part["amount"]) for part in parts))

    def _container(self, name: str) -> ContainerProxy:
        return self._account.container(self._database, name)


def _newest(wanted: Slice) -> tuple[str, dict[str, str]]:
    """The query, and the values of its parameters.

    What is filtered by equality also leads the order: only then does a composite index serve both
    (learn.microsoft.com/azure/cosmos-db/index-policy, "Queries with a filter and ORDER BY").
    """
    first, second = map(_path, wanted.by)
    values = {"start": wanted.start} | {f"only_{name}": value for name, value in wanted.only.items()}
    where = [f"{_path(name)} = @only_{name}" for name in wanted.only] + [f"{first} >= @start"]
    if wanted.end is not None:
        values["end"] = wanted.end
        where.append(f"{first} <= @end")
    if wanted.after is not None:
        values["first"], values["second"] = wanted.after
        # The bound alone is a seek in the index; a sole OR would be a scan.
        where += [f"{first} <= @first", f"({first} < @first OR {second} < @second)"]
    shown = ", ".join(map(_path, wanted.shown))
    order = ", ".join(f"{_path(name)} DESC" for name in (*wanted.only, *wanted.by))
    return f"SELECT {shown} FROM c WHERE {' AND '.join(where)} ORDER BY {order}", values  # noqa: S608 - names are checked, values are parameters  # nosec B608


def _path(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"not the name of a property: {name!r}")
    return f"c.{name}"
