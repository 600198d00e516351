"""One item beside the leases that every instance of the app reads and whoever measured last has written."""

from azure.core import MatchConditions
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from shared.cosmos.failures import translated
from shared.ports import Item


class CosmosKept:
    """A `Kept` and a `Renewed` named `name`, which no lease's id begins with."""

    def __init__(self, container: ContainerProxy, name: str) -> None:
        self._container, self._name = container, name

    async def keep(self, item: Item) -> None:
        """Without asking who has written what is there. Raises Transient when the store is away."""
        with translated(f"{self._container.id} {self._name}", writes=True):
            await self._container.upsert_item(self._body(item))

    async def renew(self, item: Item, *, over: Item | None) -> None:
        """Raises Transient when the store is away."""
        body = self._body(item)
        with translated(f"{self._container.id} {self._name}", writes=True):
            try:
                if over is None:
                    await self._container.create_item(body)
                else:
                    await self._container.replace_item(
                        self._name, body, etag=str(over["_etag"]), match_condition=MatchConditions.IfNotModified
                    )
            except (CosmosResourceExistsError, CosmosAccessConditionFailedError):
                return

    async def last(self) -> Item | None:
        """Raises Transient when the store is away."""
        with translated(f"{self._container.id} {self._name}"):
            try:
                return dict(await self._container.read_item(self._name, self._name))
            except CosmosResourceNotFoundError:
                return None

    def _body(self, item: Item) -> dict[str, object]:
        return {"id": self._name, "type": "Kept", "schemaVersion": 1, **item}
