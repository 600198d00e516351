"""One item beside the leases that every instance of the app reads and whoever measured last has written."""

from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosResourceNotFoundError

from shared.cosmos.failures import translated
from shared.ports import Item


class CosmosKept:
    """A `Kept` named `name`, which no lease's id begins with. A write replaces another's without asking."""

    def __init__(self, container: ContainerProxy, name: str) -> None:
        self._container, self._name = container, name

    async def keep(self, item: Item) -> None:
        with translated(f"{self._container.id} {self._name}", writes=True):
            await self._container.upsert_item({"id": self._name, "type": "Kept", "schemaVersion": 1, **item})

    async def last(self) -> Item | None:
        """Raises Transient when the store is away."""
        with translated(f"{self._container.id} {self._name}"):
            try:
                return dict(await self._container.read_item(self._name, self._name))
            except CosmosResourceNotFoundError:
                return None
