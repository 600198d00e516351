"""What is due, by an index, in one small query of each physical range."""

import asyncio
from collections.abc import Sequence
from typing import Any

from azure.cosmos.aio import ContainerProxy

from shared.cosmos.account import Account
from shared.cosmos.failures import translated

_DUE = "SELECT TOP @limit c.orderId, c.dueAt FROM c WHERE c.dueAt <= @moment AND c.id = @name ORDER BY c.dueAt"


class CosmosDue:
    """A `DueStore`. Reading the ranges anew each time follows splits and merges."""

    def __init__(self, account: Account, database: str) -> None:
        self._account, self._database = account, database

    async def due(self, container: str, name: str, moment: str, limit: int) -> Sequence[str]:
        proxy = self._account.container(self._database, container)
        with translated(f"{container}: what is due"):
            ranges = [each async for each in proxy.read_feed_ranges()]
            found = await asyncio.gather(*(_of_range(proxy, each, name, moment, limit) for each in ranges))
        ordered = sorted((str(item["dueAt"]), str(item["orderId"])) for part in found for item in part)
        return list(dict.fromkeys(order_id for _, order_id in ordered))


async def _of_range(
    proxy: ContainerProxy, feed_range: dict[str, Any], name: str, moment: str, limit: int
) -> list[dict[str, Any]]:
    values = {"@name": name, "@moment": moment, "@limit": limit}
    parameters: list[dict[str, object]] = [{"name": each, "value": value} for each, value in values.items()]
    query = proxy.query_items(_DUE, parameters=parameters, feed_range=feed_range)
    return [item async for item in query]
