"""Everything that one logical partition holds, for people: its cost grows with what is there."""

from collections.abc import AsyncIterator

from shared.cosmos.account import Account
from shared.cosmos.failures import translated
from shared.ports import Item


class CosmosPartitions:
    def __init__(self, account: Account, database: str) -> None:
        self._account, self._database = account, database

    async def items(self, container: str, partition: str) -> AsyncIterator[Item]:
        """In no particular order. Raises Transient when the store is away."""
        proxy = self._account.container(self._database, container)
        with translated(container):
            async for item in proxy.query_items("SELECT * FROM c", partition_key=partition):
                yield item
