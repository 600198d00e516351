"""The end of a stream: what is left takes the first place, and the rest is deleted, in one transactional batch."""

from collections.abc import Sequence

from azure.cosmos.aio import ContainerProxy

from shared.cosmos.failures import translated
from shared.kernel import Conflict, Misconfigured
from shared.ports import Item


class CosmosPurge:
    """A `Purges`."""

    def __init__(self, container: ContainerProxy) -> None:
        self._container = container

    async def purge(self, stream: str, keep: Item, gone: Sequence[str]) -> None:
        replace = ("replace", (keep["id"], dict(keep)))
        try:
            with translated(f"stream {stream}", writes=True):
                await self._container.execute_item_batch([replace, *(("delete", (each,)) for each in gone)], stream)
        except Misconfigured as missing:
            # A 404 within a batch is of one of its items: somebody else was here first.
            raise Conflict(f"stream {stream} has changed") from missing
