"""What is parked, across all lanes: for operators alone, never on the way of an event."""

from collections.abc import Sequence

from azure.cosmos.aio import ContainerProxy

from shared.cosmos.failures import translated
from shared.ports import Item

_PARKED = "SELECT * FROM c WHERE c.type = 'LaneHead' OR c.type = 'RawPoison'"

_CLAIMS = "SELECT * FROM c WHERE c.type = 'LaneClaim'"

_SINCE = "SELECT c.consumer, c.since FROM c WHERE c.type = 'LaneHead' OR c.type = 'RawPoison'"

_COUNTED = "SELECT VALUE COUNT(1) FROM c WHERE c.type = 'LaneHead' AND c.consumer = @consumer"


class CosmosLaneCatalogue:
    """A `LaneCatalogue`, a `ParkedSince` and a `LaneClaims`. Its queries go to every partition: dear."""

    def __init__(self, poison: ContainerProxy) -> None:
        self._poison = poison

    async def parked(self) -> Sequence[Item]:
        with translated("poison"):
            found = [item async for item in self._poison.query_items(_PARKED)]
        return sorted(found, key=lambda item: str(item["since"]))

    async def claims(self) -> Sequence[Item]:
        with translated("poison"):
            return [item async for item in self._poison.query_items(_CLAIMS)]

    async def since(self) -> Sequence[tuple[str, str]]:
        with translated("poison"):
            return [(str(item["consumer"]), str(item["since"])) async for item in self._poison.query_items(_SINCE)]

    async def count(self, consumer: str) -> int:
        parameters: list[dict[str, object]] = [{"name": "@consumer", "value": consumer}]
        with translated("poison"):
            counts = [int(str(part)) async for part in self._poison.query_items(_COUNTED, parameters=parameters)]
        return sum(counts)
