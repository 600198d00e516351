"""What operators did, wherever it lies: for people alone."""

from collections.abc import Sequence

from shared.cosmos.account import Account
from shared.cosmos.failures import translated
from shared.ports import Item

_SINCE = "SELECT TOP @limit * FROM c WHERE c.deedAt >= @moment ORDER BY c.deedAt DESC"


class CosmosDeeds:
    """A `DeedCatalogue` of all `containers`, by the index on `deedAt`, which nothing but a deed has."""

    def __init__(self, account: Account, database: str, containers: Sequence[str]) -> None:
        self._containers = [account.container(database, name) for name in containers]

    async def since(self, moment: str, limit: int) -> Sequence[Item]:
        parameters: list[dict[str, object]] = [{"name": "@moment", "value": moment}, {"name": "@limit", "value": limit}]
        found: list[Item] = []
        for container in self._containers:
            with translated(f"{container.id}: what was done"):
                found += [item async for item in container.query_items(_SINCE, parameters=parameters)]
        return sorted(found, key=lambda deed: str(deed["deedAt"]), reverse=True)[:limit]
