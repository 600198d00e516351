"""How many sagas are in trouble, counted by the store."""

from collections.abc import Sequence
from typing import Final

from shared.cosmos.account import Account
from shared.cosmos.failures import translated
from shared.ports import Item

_OVERDUE: Final = "SELECT VALUE COUNT(1) FROM c WHERE c.dueAt <= @moment"

# Only what still runs is looked at, by the index on when it is due.
_UNANSWERED: Final = (
    "SELECT VALUE COUNT(1) FROM c WHERE c.dueAt > '' AND EXISTS("
    "SELECT VALUE a FROM a IN c.asked WHERE IS_DEFINED(a.dueAt) AND a.attempts >= @attempts)"
)


_TROUBLED: Final = (
    "SELECT TOP @limit * FROM c WHERE c.dueAt > '' AND (c.dueAt <= @moment OR c.deadline <= @moment OR EXISTS("
    "SELECT VALUE a FROM a IN c.asked WHERE IS_DEFINED(a.dueAt) AND a.attempts >= @attempts))"
)


class CosmosSagaCounts:
    """A `SagaCounts` and a `TroubledSagas`. Its queries go to every range."""

    def __init__(self, account: Account, database: str) -> None:
        self._account, self._database = account, database

    async def overdue(self, container: str, moment: str) -> int:
        return await self._count(container, _OVERDUE, "@moment", moment)

    async def unanswered(self, container: str, attempts: int) -> int:
        return await self._count(container, _UNANSWERED, "@attempts", attempts)

    async def troubled(self, container: str, *, moment: str, attempts: int, limit: int) -> Sequence[Item]:
        asked = {"@moment": moment, "@attempts": attempts, "@limit": limit}
        parameters: list[dict[str, object]] = [{"name": name, "value": value} for name, value in asked.items()]
        proxy = self._account.container(self._database, container)
        with translated(f"{container}: what is in trouble"):
            return [item async for item in proxy.query_items(_TROUBLED, parameters=parameters)]

    async def _count(self, container: str, query: str, name: str, value: object) -> int:
        proxy = self._account.container(self._database, container)
        with translated(f"{container}: what is in trouble"):
            found = proxy.query_items(query, parameters=[{"name": name, "value": value}])
            counts = [int(str(part)) async for part in found]
        return sum(counts)
