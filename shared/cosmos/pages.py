"""Pages and totals of a view: queries of one logical partition, each served by an index."""

from collections.abc import AsyncIterable, Iterable, Sequence

from shared.cosmos.account import Account
from shared.cosmos.failures import translated
from shared.ports import Item, Slice, Total


class CosmosPages:
    """A `PageStore` over all containers of one database."""

    def __init__(self, account: Account, database: str) -> None:
        self._account, self._database = account, database

    async def newest(self, container: str, partition: str, wanted: Slice) -> Sequence[Item]:
        rows: list[Item] = []
        with translated(f"{container} {partition}"):
            async for row in self._query(container, partition, *_newest(wanted), most=wanted.limit):
                rows.append(row)
                if len(rows) == wanted.limit:
                    break
        return rows

    async def total(self, container: str, partition: str, *, of: str) -> Total:
        amount = _path(of)
        query = f"SELECT COUNT(1) AS n, SUM({amount}) AS amount FROM c WHERE IS_DEFINED({amount})"  # noqa: S608 - a checked name
        with translated(f"{container} {partition}"):
            # A partition too large for one page of work gives partial sums (Azure/azure-cosmosdb-node#224).
            parts = [part async for part in self._query(container, partition, query, {}, most=1)]
        return Total(sum(int(part["n"]) for part in parts), sum(int(part["amount"]) for part in parts))

    def _query(
        self, container: str, partition: str, query: str, values: dict[str, str], *, most: int
    ) -> AsyncIterable[dict[str, object]]:
        found = self._account.container(self._database, container)
        parameters: list[dict[str, object]] = [{"name": f"@{name}", "value": value} for name, value in values.items()]
        return found.query_items(query, parameters=parameters, partition_key=partition, max_item_count=most)


def _newest(wanted: Slice) -> tuple[str, dict[str, str]]:
    """The query and its parameters.

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
    order = ", ".join(f"{_path(name)} DESC" for name in (*wanted.only, *wanted.by))
    return f"SELECT {_listed(wanted.shown)} FROM c WHERE {' AND '.join(where)} ORDER BY {order}", values  # noqa: S608 - names are checked, values are parameters


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_path, names))


def _path(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"not the name of a property: {name!r}")
    return f"c.{name}"
