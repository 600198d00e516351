"""Every item of a container, for audits alone: it reads the whole change feed."""

from collections.abc import AsyncIterator

from shared.cosmos.account import Account
from shared.cosmos.failures import translated
from shared.ports import Item


class CosmosSweep:
    """A `Sweep`. Within one logical partition items come in the order of their last change."""

    def __init__(self, account: Account, database: str) -> None:
        self._account, self._database = account, database

    async def everything(self, container: str) -> AsyncIterator[Item]:
        feed = self._account.container(self._database, container)
        with translated(container):
            async for item in feed.query_items_change_feed(start_time="Beginning"):
                yield item
