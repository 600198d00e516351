"""Rows of views: point reads and fenced writes."""

from azure.core import MatchConditions
from azure.cosmos import CosmosDict
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosResourceNotFoundError

from shared.cosmos.account import Account
from shared.cosmos.failures import translated
from shared.kernel import Conflict, Key
from shared.ports import Item, Stored


class CosmosRows:
    """A `RowStore` over all containers of one database."""

    def __init__(self, account: Account, database: str) -> None:
        self._account, self._database = account, database
        self._known: dict[str, ContainerProxy] = {}

    async def read(self, container: str, key: Key) -> Stored | None:
        with translated(f"{container} {key.id}"):
            try:
                item = await (await self.container(container)).read_item(key.id, key.partition)
            except CosmosResourceNotFoundError as error:
                if error.sub_status:
                    raise
                return None
        return Stored(item, etag=item["_etag"])

    async def create(self, container: str, key: Key, item: Item) -> str:
        with translated(f"{container} {key.id}", writes=True):
            return _etag(await (await self.container(container)).create_item(dict(item), no_response=True))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        with translated(f"{container} {key.id}", writes=True):
            try:
                answer = await (await self.container(container)).replace_item(
                    key.id, dict(item), etag=etag, match_condition=MatchConditions.IfNotModified, no_response=True
                )
            except CosmosResourceNotFoundError as gone:
                if gone.sub_status:
                    raise
                raise Conflict(f"{container} {key.id}: the item is gone") from gone
        return _etag(answer)

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        with translated(f"{container} {key.id}", writes=True):
            try:
                await (await self.container(container)).delete_item(
                    key.id, key.partition, etag=etag, match_condition=MatchConditions.IfNotModified
                )
            except CosmosResourceNotFoundError as gone:
                if gone.sub_status:
                    raise

    async def container(self, name: str) -> ContainerProxy:
        """Raises Misconfigured when there is none."""
        # A missing container answers 404 as a missing item does, so each is asked for once before it is believed in.
        if name not in self._known:
            container = self._account.container(self._database, name)
            with translated(f"container {name}"):
                await container.read()
            self._known[name] = container
        return self._known[name]


def _etag(answer: CosmosDict) -> str:
    # Without a body in the answer the etag is in its headers alone.
    return str(answer.get_response_headers()["etag"])
